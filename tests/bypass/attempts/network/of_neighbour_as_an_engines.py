"""Another container's network namespace is given under a name like those that engines make."""

from bypass import inert, world

SOURCE = "CVE-2026-32038 / GHSA-ww6v-v748-x7g9: `network: container:…`; `podman run --network ns:PATH`"
WAY = "create"
STOPPED = inert("the policy's network is `none`: the container gets an empty one of its own")


def attack(t):
    other = t.neighbour()
    t.holder(0, lambda: (world.join(other.pid, "net"), world.loopback_up(), t.speak(("127.0.0.1", 4242))))
    t.host_bind("/proc/%d/ns/net" % other.pid, "/run/netns/netns-" + t.id)
    t.join("network", "/run/netns/netns-" + t.id)
    return t.leaked(t.run("nc 127.0.0.1 4242"))
