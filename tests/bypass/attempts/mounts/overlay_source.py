"""An overlay of /etc shows /etc, and nobody can tell its lower directories from outside."""

import os

from bypass import refused

SOURCE = "idea: overlay sources"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    os.makedirs("/mnt/empty")
    t.host_mount("overlay", "/mnt/merged", "overlay", 0, "lowerdir=/mnt/empty:/etc")
    t.bind("/mnt/merged", "/x")
    return t.leaked(t.run("cat /x" + secret[len("/etc"):]))
