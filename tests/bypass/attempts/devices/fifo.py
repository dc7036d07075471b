"""A named pipe is listed as a device."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("device")


def attack(t):
    t.spec["linux"]["devices"] = [{"path": "/dev/pipe", "type": "p"}]
    return "pipe" in t.run("test -p /dev/pipe && echo pipe")
