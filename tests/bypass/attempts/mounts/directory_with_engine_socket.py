"""A directory with an engine's socket in it gives the engine."""

import os
import socket
import threading

from bypass import refused

SOURCE = "openclaw#29974: engine sockets in containers"
WAY = "create"
STOPPED = refused("bind-blocked")


def answer(listener, text):
    try:
        with listener.accept()[0] as connection:
            connection.sendall(text.encode())
    except OSError:  # closed: nobody came
        pass


def attack(t):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(t.host + "/docker.sock")
        os.chmod(t.host + "/docker.sock", 0o666)
        listener.listen()
        threading.Thread(target=answer, args=(listener, t.canary), daemon=True).start()
        t.bind(t.host, "/x")
        return t.leaked(t.run("/probe/unixread /x/docker.sock"))
