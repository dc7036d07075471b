"""A mount of ramfs has no size, and its pages cannot be reclaimed."""

from bypass import refused

SOURCE = "idea: mount types"
WAY = "create"
STOPPED = refused("mount-type")


def attack(t):
    t.mount("ramfs", "ramfs", "/x")
    return "ramfs" in t.run("grep ' /x ' /proc/mounts")
