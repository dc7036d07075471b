"""A profile hands a call to a listener, a program of the caller's, which may let it happen."""

import os
import socket
import threading

from bypass import profile, refused

SOURCE = "idea: SCMP_ACT_NOTIFY and listenerPath"
WAY = "create"
STOPPED = refused("seccomp-listener")


def attack(t):
    got = []
    server = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    server.bind("/mnt/host/listener")
    server.listen()

    def serve():
        try:
            connection = server.accept()[0]
            _, handles, _, _ = socket.recv_fds(connection, 65536, 4)
            got.extend(os.readlink("/proc/self/fd/%d" % handle) for handle in handles)
            for handle in handles:
                os.close(handle)
        except OSError:
            pass
    threading.Thread(target=serve, daemon=True).start()
    made = profile.all_but(profile.rule("mknod", "NOTIFY"))
    made["listenerPath"] = "/mnt/host/listener"
    t.spec["linux"]["seccomp"] = made
    t.run("true")
    return " ".join(t.eventually(lambda: got))
