"""Without an IPC namespace of its own the container sees the host's shared memory."""

import ctypes
import secrets

from bypass import refused

SOURCE = "CVE-2026-27002 / GHSA-w235-x559-36mg: namespaces through an agent's configuration"
WAY = "create"
STOPPED = refused("namespace-ipc")


def attack(t):
    key = secrets.randbelow(1 << 30) + 1
    ctypes.CDLL(None).shmget(key, 4096, 0o1666)
    t.share("ipc")
    return key if str(key) in t.run("cat /proc/sysvipc/shm") else ""
