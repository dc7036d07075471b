"""A bind below /sys takes the place of an interface of the kernel."""

from bypass import refused

SOURCE = "CVE-2019-16884"
WAY = "create"
STOPPED = refused("bind-target")


def attack(t):
    t.bind(t.host, "/sys/kernel")
    return t.leaked(t.run("cat /sys/kernel/secret"))
