"""The same with the sign for kelvin, U+212A, for a k, beside empty hooks in the right spelling."""

import os

from bypass import refused

SOURCE = "idea: Go's encoding/json folds U+017F and U+212A"
WAY = "create"
STOPPED = refused("json")
BARE = {"crun": "crun reads names exactly"}


def attack(t):
    t.write("/mnt/host/hook", "#!/bin/sh\nread line\nid -u > /mnt/host/written\n", 0o755)
    t.hook("prestart", "/mnt/host/hook")
    t.spec["hoo\u212as"] = t.spec["hooks"]
    t.spec["hooks"] = {}
    t.run("true")
    return os.path.exists("/mnt/host/written")
