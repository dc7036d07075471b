"""A capability that is only in the bounding set comes back with the next program that root runs."""

from bypass import refused

SOURCE = "idea: capabilities(7), a program that root runs"
WAY = "create"
STOPPED = refused("capabilities")


def attack(t):
    t.spec["process"]["capabilities"] = {"bounding": ["CAP_SYS_ADMIN"], "permitted": [], "effective": []}
    return "mounted" if "/srv tmpfs" in t.run("mount -t tmpfs none /srv && cat /proc/mounts") else ""
