"""The same with a denial of socketcall that equals the default action, so that runtimes skip it."""

from bypass import inert, profile

SOURCE = "kernel-facts: rules whose action is the default one"
WAY = "create"
STOPPED = inert("socketcall is denied by a rule that no runtime skips")


def attack(t):
    made = profile.without(profile.engine("docker20"), "socket", "socketcall")
    made["syscalls"] += [profile.rule("socket", "ALLOW", (0, "EQ", 1)), profile.rule("socketcall", "ERRNO", errnoRet=1)]
    t.spec["linux"]["seccomp"] = made
    return "a netlink socket" if "reached" in t.run("reach socket 16 3 socketcall") else ""
