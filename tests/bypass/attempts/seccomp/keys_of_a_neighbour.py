"""Keyrings belong to user ids, not to containers: the keys of another container with the same uid."""

from bypass import inert

SOURCE = "idea: keyrings(7) has no namespaces; CVE-2014-9529 and others"
WAY = "create"
STOPPED = inert("keyctl is not allowed")


def attack(t):
    def with_key(other):
        other.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.neighbour("reach share %s %s; sleep 1000" % (t.id, t.canary), with_key)
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    return t.leaked(t.run("for i in 1 2 3 4 5 6 7 8 9; do reach key %s && break; sleep 0.1; done" % t.id))
