"""A network namespace given by its path is another container's: its loopback is reached, where it trusts everybody."""

from bypass import refused, world

SOURCE = "CVE-2026-32038 / GHSA-ww6v-v748-x7g9: `network: container:…`"
WAY = "create"
STOPPED = refused("namespace-network")


def attack(t):
    other = t.neighbour()
    t.holder(0, lambda: (world.join(other.pid, "net"), world.loopback_up(), t.speak(("127.0.0.1", 4242))))
    t.join("network", "/proc/%d/ns/net" % other.pid)
    return t.leaked(t.run("nc 127.0.0.1 4242"))
