"""config.json has the hooks as `Hooks`, which Go's parser reads as `hooks` and an exact one does not."""

import os

from bypass import refused

SOURCE = "idea: Go's encoding/json"
WAY = "create"
STOPPED = refused("config")
BARE = {"crun": "crun reads names exactly"}


def attack(t):
    t.write("/mnt/host/hook", "#!/bin/sh\nread line\nid -u > /mnt/host/written\n", 0o755)
    t.hook("prestart", "/mnt/host/hook")
    t.spec["Hooks"] = t.spec.pop("hooks")
    t.run("true")
    return os.path.exists("/mnt/host/written")
