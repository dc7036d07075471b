"""userfaultfd holds the kernel in the middle of a copy: the tool of many exploits."""

from bypass import inert, profile

SOURCE = "idea"
WAY = "create"
STOPPED = inert("userfaultfd is not allowed")


def attack(t):
    t.spec["linux"]["seccomp"] = profile.all_but()
    return "a descriptor" if "reached" in t.run("reach userfaultfd") else ""
