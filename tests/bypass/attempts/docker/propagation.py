"""A bind with `rshared` carries mounts between the container and the host."""

from bypass import refused

SOURCE = "idea"
WAY = "volume"
ENGINES = "docker"
STOPPED = refused("bind-propagation")


def attack(t):
    t.host_mount("tmpfs", t.host + "/work", "tmpfs")
    return "shared:" in t.run("-v", t.host + "/work:/x:rshared", command="grep ' /x ' /proc/self/mountinfo")
