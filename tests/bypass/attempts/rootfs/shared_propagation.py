"""Shared propagation of the root filesystem carries mounts between the container and the host."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-propagation")


def attack(t):
    t.host_mount("tmpfs", "/mnt/work", "tmpfs")
    t.bind("/mnt/work", "/x", "rbind", "rshared")
    t.spec["linux"]["rootfsPropagation"] = "rshared"
    t.spec["mounts"][-1]["options"].remove("rshared")
    return "shared:" in t.run("grep ' /x ' /proc/self/mountinfo")
