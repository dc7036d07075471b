"""A profile looks at the flags of clone and forgets clone3, whose flags no filter sees."""

from bypass import inert, profile

SOURCE = "idea: what profiles allowed before they knew of clone3"
WAY = "create"
STOPPED = inert("clone3 does not exist, so that libc falls back to clone")


def attack(t):
    made = profile.without(profile.engine("docker20"), "clone3")
    made["syscalls"].append(profile.rule("clone3", "ALLOW"))
    t.spec["linux"]["seccomp"] = made
    return "a user namespace" if "in a user namespace" in t.run("reach userns clone3") else ""
