"""A bind of another container's root filesystem shows its files."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    other = t.neighbour()
    t.write(other.rootfs + "/data/secret", t.canary)
    t.bind(other.rootfs, "/x")
    return t.leaked(t.run("cat /x/data/secret"))
