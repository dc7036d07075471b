"""A profile allows socket, and denies one family of it in a later rule: libseccomp ignores the second."""

from bypass import inert, profile

SOURCE = "kernel-facts: natural forms that are silently open"
WAY = "create"
STOPPED = inert("only named families are allowed, each by an equality")


def attack(t):
    made = profile.engine("docker20")
    made["syscalls"].append(profile.rule("socket", "ERRNO", (0, "EQ", 17), errnoRet=1))
    t.spec["linux"]["seccomp"] = made
    return "a packet socket" if "reached" in t.run("reach socket 17 3") else ""
