"""A process of an exec in a container whose caller gave no profile."""

from bypass import inert

SOURCE = "CVE-2022-0185, CVE-2024-1086 and others begin this way: kernel flaws behind a user namespace"
WAY = "exec"
STOPPED = inert("the container's profile is also that of every exec")


def attack(t):
    t.up()
    return "a user namespace with mounts" if "reached" in t.exec("reach userns") else ""
