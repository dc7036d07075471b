"""run.oci.hooks.stdout names a file of the host, which crun makes as root where an engine's own hook is."""

import os

from bypass import inert

SOURCE = "idea: crun(1)"
WAY = "create"
STOPPED = inert("the annotation is removed")
BARE = {"runc": "runc reads no run.oci annotation"}


def attack(t):
    t.allow_network()
    t.hook("prestart", t.dockerd(), "libnetwork-setkey", "-c", "read line; true")
    t.annotation("run.oci.hooks.stdout", "/mnt/host/written")
    t.run("true")
    return os.path.exists("/mnt/host/written")
