"""A symbolic link with a harmless name leads to another process's IPC namespace."""

import ctypes
import secrets

from bypass import refused, world

SOURCE = "idea"
WAY = "create"
STOPPED = refused("namespace-ipc")


def attack(t):
    key = secrets.randbelow(1 << 30) + 1
    other = t.holder(world.CLONE_NEWIPC, lambda: ctypes.CDLL(None).shmget(key, 4096, 0o1666))
    t.sh("ln -s /proc/%d/ns/ipc /mnt/host/own" % other)
    t.join("ipc", "/mnt/host/own")
    return key if str(key) in t.run("cat /proc/sysvipc/shm") else ""
