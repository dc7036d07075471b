"""A mount of type devtmpfs has the nodes of all devices of the host."""

from bypass import refused

SOURCE = "idea: mount types"
WAY = "create"
STOPPED = refused("mount-type")


def attack(t):
    t.mount("devtmpfs", "devtmpfs", "/x")
    return "kmsg" in t.run("ls /x").split()
