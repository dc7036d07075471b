"""A namespace is listed twice: a new one for who reads the first entry, the host's for who reads the last."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("namespace")
BARE = {"runc": "runc refuses a namespace that is listed twice"}


def attack(t):
    t.sh("hostname %s" % t.id)
    t.spec["linux"]["namespaces"].append({"type": "uts", "path": "/proc/1/ns/uts"})
    del t.spec["hostname"]
    return t.id if t.id in t.run("hostname") else ""
