"""A bind's source has U+0000 in it: what a C program mounts ends there, and what others look at does not."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("json")
BARE = {"runc": "runc hands the whole name to the kernel's interface of Go, which refuses it"}


def attack(t):
    t.bind("/mnt/host\0/harmless", "/x")
    return t.leaked(t.run("cat /x/secret"))
