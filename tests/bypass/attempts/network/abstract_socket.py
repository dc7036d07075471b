"""In the host's network namespace abstract sockets are reachable, which no file's mode protects: containerd's shim took orders there."""

import socket

from bypass import refused

SOURCE = "CVE-2020-15257"
WAY = "create"
STOPPED = refused("namespace-network")


def attack(t):
    t.speak("\0" + t.id, socket.AF_UNIX)
    t.share("network")
    return t.leaked(t.run("abstract " + t.id))
