"""The same where the policy allows a network, so that a namespace of the engine's is joined and not replaced."""

from bypass import refused, world

SOURCE = "CVE-2026-32038 / GHSA-ww6v-v748-x7g9: `network: container:…`; `podman run --network ns:PATH`"
WAY = "create"
STOPPED = refused("namespace-network")


def attack(t):
    t.allow_network()
    other = t.neighbour()
    t.holder(0, lambda: (world.join(other.pid, "net"), world.loopback_up(), t.speak(("127.0.0.1", 4242))))
    t.host_bind("/proc/%d/ns/net" % other.pid, "/run/netns/netns-" + t.id)
    t.join("network", "/run/netns/netns-" + t.id)
    return t.leaked(t.run("nc 127.0.0.1 4242"))
