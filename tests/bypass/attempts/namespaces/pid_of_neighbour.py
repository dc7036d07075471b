"""A process namespace given by its path is another container's, whose environment can be read there."""

from bypass import refused

SOURCE = "CVE-2026-32038 / GHSA-ww6v-v748-x7g9: joining another container, here its processes"
WAY = "create"
STOPPED = refused("namespace-pid")


def attack(t):
    other = t.neighbour(edit=lambda box: box.env("SECRET", t.canary))
    t.join("pid", "/proc/%d/ns/pid" % other.pid)
    return t.leaked(t.run("cat /proc/1/environ"))
