"""A writable root filesystem lets the container change its own programs."""

from bypass import inert

SOURCE = "openclaw#26666"
WAY = "create"
STOPPED = inert("the root filesystem is read-only")


def attack(t):
    t.keep_root()
    t.spec["root"]["readonly"] = False
    t.run("echo changed >/bin/changed")
    return t.read(t.rootfs + "/bin/changed")
