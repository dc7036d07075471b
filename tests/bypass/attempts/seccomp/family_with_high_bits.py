"""A profile allows every family but vsock, and the family is given with a bit above the 32 that the kernel reads."""

from bypass import inert, profile

SOURCE = "kernel-facts: filters compare 64 bits; the rule is Docker 26's own"
WAY = "create"
STOPPED = inert("only named families are allowed, each by an equality")


def attack(t):
    t.spec["linux"]["seccomp"] = profile.engine("docker26")
    return "a vsock socket" if "reached" in t.run("reach socket 40 1 high") else ""
