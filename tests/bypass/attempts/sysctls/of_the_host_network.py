"""A sysctl of the network, written in the host's namespace that is joined by its path: crun takes any network namespace for a new one."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("namespace-network")
BARE = {"runc": "runc compares the namespace with its own first"}


def attack(t):
    t.join("network", "/proc/1/ns/net")
    t.sysctl("net.ipv4.ip_default_ttl", "77")
    t.run("true")
    return t.read("/proc/sys/net/ipv4/ip_default_ttl").strip() == "77"
