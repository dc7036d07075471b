"""net.ipv4.ip_forward makes a container a router between its networks."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("sysctl")


def attack(t):
    t.sysctl("net.ipv4.ip_forward", "1")
    return t.run("cat /proc/sys/net/ipv4/ip_forward").strip() == "1"
