"""The same with slashes in the name, a spelling that low-level runtimes know and lists often do not."""

from bypass import refused

SOURCE = "idea: sysctl.d(5)"
WAY = "create"
STOPPED = refused("sysctl")


def attack(t):
    t.sysctl("net/ipv4/ip_forward", "1")
    return t.run("cat /proc/sys/net/ipv4/ip_forward").strip() == "1"
