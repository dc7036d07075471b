"""Without a cgroup namespace, as Docker makes containers on version 1, the container sees where in the host's tree it is."""

from bypass import inert

SOURCE = "CVE-2022-0492: one of its ingredients is to know the own group's path on the host"
WAY = "create"
STOPPED = inert("a cgroup namespace is added")


def attack(t):
    return "/bypass/" + t.id if "/bypass/" + t.id in t.run("cat /proc/self/cgroup") else ""
