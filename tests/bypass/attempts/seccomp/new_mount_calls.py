"""A profile denies mount, and forgets fsopen, fsmount and move_mount."""

from bypass import inert, profile

SOURCE = "idea: system calls newer than a deny list"
WAY = "create"
STOPPED = inert("only what the built-in profile names is allowed")


def attack(t):
    t.spec["linux"]["seccomp"] = profile.all_but(profile.rule("mount umount2 pivot_root", "ERRNO", errnoRet=1))
    return "a user namespace with mounts" if "reached" in t.run("reach userns fsopen") else ""
