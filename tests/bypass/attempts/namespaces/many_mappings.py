"""Mappings of a user namespace that are longer than the message in which runc hands them on has room for: their end was read as something else."""

from bypass import refused

SOURCE = "CVE-2021-43784"
WAY = "create"
STOPPED = refused("config")
BARE = "corrected in runc 1.0.3; and the kernel takes no more than 340"


def attack(t):
    t.spec["linux"]["namespaces"].append({"type": "user"})
    for name in ("uidMappings", "gidMappings"):
        t.spec["linux"][name] = [{"containerID": n, "hostID": 100000 + n, "size": 1} for n in range(6000)]
    return "made" in t.run("echo made") and "made"
