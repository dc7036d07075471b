"""Without a UTS namespace of its own the container has the host's name, and may change it."""

from bypass import refused

SOURCE = "CVE-2026-27002 / GHSA-w235-x559-36mg: namespaces through an agent's configuration"
WAY = "create"
STOPPED = refused("namespace-uts")


def attack(t):
    t.sh("hostname %s" % t.id)
    t.share("uts")
    del t.spec["hostname"]
    return t.id if t.id in t.run("hostname") else ""
