"""A profile's mask for clone leaves out the flag of user namespaces."""

from bypass import inert, profile

SOURCE = "idea: Docker's rule for clone with one bit less"
WAY = "create"
STOPPED = inert("the built-in mask holds as well")


def attack(t):
    made = profile.without(profile.engine("docker20"), "clone")
    made["syscalls"].append(profile.rule("clone", "ALLOW", (0, "MASKED_EQ", 0x6E020000, 0)))
    t.spec["linux"]["seccomp"] = made
    return "a user namespace" if "in a user namespace" in t.run("reach userns clone alone") else ""
