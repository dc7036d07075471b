"""`--device-cgroup-rule` with the default CAP_MKNOD opens any device of the host."""

from bypass import refused

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("device")


def attack(t):
    return "opened" in t.run("--device-cgroup-rule", "c 10:229 rwm", command="mknod /tmp/fuse c 10 229; : </tmp/fuse && echo opened")
