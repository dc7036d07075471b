"""A mount of debugfs opens interfaces of the kernel that are made for debugging."""

from bypass import refused

SOURCE = "idea: mount types"
WAY = "create"
STOPPED = refused("mount-type")


def attack(t):
    t.mount("debugfs", "debugfs", "/x")
    return "debugfs" in t.run("grep ' /x ' /proc/mounts; ls /x")
