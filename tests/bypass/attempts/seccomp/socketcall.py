"""A profile allows only one family of socket, and libseccomp adds the 32-bit socketcall, whose arguments no filter sees."""

from bypass import inert, profile

SOURCE = "kernel-facts: socketcall of the 32-bit entry"
WAY = "create"
STOPPED = inert("socketcall is denied by a rule that no runtime skips")


def attack(t):
    made = profile.without(profile.engine("docker20"), "socket", "socketcall")
    made["syscalls"].append(profile.rule("socket", "ALLOW", (0, "EQ", 1)))
    t.spec["linux"]["seccomp"] = made
    return "a netlink socket" if "reached" in t.run("reach socket 16 3 socketcall") else ""
