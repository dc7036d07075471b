"""A mount of the bpf file system shows the programs that the host has pinned."""

from bypass import refused

SOURCE = "idea: mount types"
WAY = "create"
STOPPED = refused("mount-type")


def attack(t):
    t.mount("bpf", "bpf", "/x")
    return " bpf " in t.run("grep ' /x ' /proc/mounts")
