"""The host's own network namespace is given under a name like those that engines make."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("namespace-network")


def attack(t):
    port = t.speak()[1]
    t.host_bind("/proc/1/ns/net", "/run/netns/netns-" + t.id)
    t.join("network", "/run/netns/netns-" + t.id)
    return t.leaked(t.run("nc 127.0.0.1 %d" % port))
