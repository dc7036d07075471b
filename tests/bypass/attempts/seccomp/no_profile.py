"""Without a profile the container makes a user namespace, in which it is root and mounts."""

from bypass import inert

SOURCE = "CVE-2022-0185, CVE-2024-1086 and others begin this way: kernel flaws behind a user namespace"
WAY = "create"
STOPPED = inert("the built-in profile takes the place of a missing one")


def attack(t):
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    return "a user namespace with mounts" if "reached" in t.run("reach userns") else ""
