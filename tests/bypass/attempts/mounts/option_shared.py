"""Shared propagation carries mounts between the container and the host.

As Docker writes it for `-v /mnt/work:/x:rshared`.
"""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-propagation")


def attack(t):
    t.host_mount("tmpfs", "/mnt/work", "tmpfs")
    t.bind("/mnt/work", "/x", "rbind", "rshared")
    t.spec["linux"]["rootfsPropagation"] = "rshared"
    return "shared:" in t.run("grep ' /x ' /proc/self/mountinfo")
