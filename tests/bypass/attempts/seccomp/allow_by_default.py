"""A profile that allows everything is as good as none."""

from bypass import inert, profile

SOURCE = "idea: a profile of one line, where `unconfined` is forbidden"
WAY = "create"
STOPPED = inert("any profile is narrowed by the built-in one")


def attack(t):
    t.spec["linux"]["seccomp"] = profile.all_but()
    return "a user namespace with mounts" if "reached" in t.run("reach userns") else ""
