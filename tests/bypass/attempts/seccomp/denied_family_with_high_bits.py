"""A profile denies a family by equality, and the family is given with a bit above the 32 that the kernel reads."""

from bypass import inert, profile

SOURCE = "kernel-facts: a deny list of families"
WAY = "create"
STOPPED = inert("only named families are allowed, each by an equality")


def attack(t):
    t.spec["linux"]["seccomp"] = profile.all_but(*[profile.rule("socket", "ERRNO", (0, "EQ", family), errnoRet=97) for family in (16, 17)])
    return "a netlink socket" if "reached" in t.run("reach socket 16 3 high") else ""
