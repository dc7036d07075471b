"""A mount of type overlay with /etc as lower directory shows /etc without any bind."""

import os

from bypass import refused

SOURCE = "idea: mount types"
WAY = "create"
STOPPED = refused("mount-type")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    os.mkdir("/mnt/empty")
    t.mount("overlay", "overlay", "/x", "lowerdir=/mnt/empty:/etc")
    return t.leaked(t.run("cat /x" + secret[len("/etc"):]))
