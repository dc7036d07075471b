"""A resolver like Docker's own listens in the container's network namespace and asks for names outside of it: a way out by DNS."""

import socket
import threading

from bypass import inert, world

SOURCE = "CVE-2024-29018"
WAY = "create"
STOPPED = inert("without a network, packets to 127.0.0.11 are dropped")


def attack(t):
    def listen():
        world.join(t.pid, "net")
        world.loopback_up()
        resolver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        resolver.bind(("127.0.0.11", 53))
        threading.Thread(target=lambda: t.write("/mnt/host/asked", resolver.recv(1024).decode()), daemon=True).start()
    t.create("datagram send 127.0.0.11 53 " + t.canary)
    t.holder(0, listen)
    t.start()
    t.ended()
    return t.eventually(lambda: t.leaked(t.read("/mnt/host/asked")), 0.2)
