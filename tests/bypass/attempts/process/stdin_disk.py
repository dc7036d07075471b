"""The program's standard input is a disk of the host, by a descriptor that its caller was careless with."""

import os

from bypass import refused

SOURCE = "idea: no device of the host is ever given to a container"
WAY = "create"
STOPPED = refused("stream")


def attack(t):
    disk = sorted(os.listdir("/sys/class/block"))[0]
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    changed = t.stdin_device(0o060000, *(int(n) for n in t.read("/sys/class/block/%s/dev" % disk).split(":")))
    t.run("true")
    return changed()
