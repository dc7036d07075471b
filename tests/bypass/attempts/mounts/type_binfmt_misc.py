"""A mount of binfmt_misc lets the container register interpreters that the whole host uses."""

from bypass import refused

SOURCE = "idea: mount types"
WAY = "create"
STOPPED = refused("mount-type")


def attack(t):
    t.mount("binfmt_misc", "binfmt_misc", "/x")
    return "register" in t.run("ls /x").split()
