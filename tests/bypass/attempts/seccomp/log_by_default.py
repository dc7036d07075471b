"""A profile whose default only writes a log lets everything happen."""

from bypass import inert, profile

SOURCE = "idea: SCMP_ACT_LOG is no denial"
WAY = "create"
STOPPED = inert("any profile is narrowed by the built-in one")


def attack(t):
    t.spec["linux"]["seccomp"] = profile.all_but(default="LOG")
    return "a user namespace with mounts" if "reached" in t.run("reach userns") else ""
