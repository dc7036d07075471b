"""A bound socket of a daemon lets the container speak to it."""

import os
import socket
import threading

from bypass import refused

SOURCE = "openclaw#29974: engine sockets in containers"
WAY = "create"
STOPPED = refused("bind-type")


def answer(listener, text):
    try:
        with listener.accept()[0] as connection:
            connection.sendall(text.encode())
    except OSError:  # closed: nobody came
        pass


def attack(t):
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(t.host + "/daemon.sock")
        os.chmod(t.host + "/daemon.sock", 0o666)
        listener.listen()
        threading.Thread(target=answer, args=(listener, t.canary), daemon=True).start()
        t.bind(t.host + "/daemon.sock", "/x.sock")
        return t.leaked(t.run("/probe/unixread /x.sock"))
