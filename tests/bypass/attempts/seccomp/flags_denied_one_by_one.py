"""A profile denies unshare with one flag, and the program uses two."""

from bypass import inert, profile

SOURCE = "idea: deny lists of flags"
WAY = "create"
STOPPED = inert("unshare is not allowed at all")


def attack(t):
    t.spec["linux"]["seccomp"] = profile.all_but(profile.rule("unshare", "ERRNO", (0, "EQ", 0x10000000), errnoRet=1))
    return "a user namespace with mounts" if "reached" in t.run("reach userns") else ""
