"""`readonly` is written as text, "true": crun passes over it, and the root filesystem is writable."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("config")
BARE = {"runc": "Go's parser refuses it"}


def attack(t):
    t.spec["root"]["readonly"] = "true"
    return "made" in t.run("mkdir /made && ls /") and "writable"
