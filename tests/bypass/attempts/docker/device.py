"""`--device` gives a device of the host."""

from bypass import refused

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("device")


def attack(t):
    return "opened" in t.run("--device", "/dev/fuse", command=": </dev/fuse && echo opened")
