"""A second mount at the same place covers the one that was checked."""

from bypass import refused

SOURCE = "openclaw#93854"
WAY = "create"
STOPPED = refused("mount-target")


def attack(t):
    t.bind("/usr", "/x", "rbind", "ro")
    t.bind(t.host, "/x/", "rbind", "rw")
    t.run("echo %s >/x/written" % t.canary)
    return t.read(t.host + "/written")
