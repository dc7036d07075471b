"""A rule for all minor numbers of a major number allows more than it seems to."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("device")


def attack(t):
    t.spec["linux"]["resources"]["devices"].append({"allow": True, "type": "c", "major": 10, "access": "rwm"})
    return "opened" in t.run("mknod /tmp/fuse c 10 229; : </tmp/fuse && echo opened")
