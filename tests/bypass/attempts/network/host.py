"""Without a network namespace of its own the container reaches services that listen on the host's loopback only."""

from bypass import refused

SOURCE = "CVE-2026-27002 / GHSA-w235-x559-36mg: `network: host` through an agent's configuration"
WAY = "create"
STOPPED = refused("namespace-network")


def attack(t):
    port = t.speak()[1]
    t.share("network")
    return t.leaked(t.run("nc 127.0.0.1 %d" % port))
