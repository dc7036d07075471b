"""A cgroup namespace joined by path is the host's: the own group's place in the host's tree is seen again."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("namespace-join")


def attack(t):
    t.join("cgroup", "/proc/1/ns/cgroup")
    return "/bypass/" + t.id if "/bypass/" + t.id in t.run("cat /proc/self/cgroup") else ""
