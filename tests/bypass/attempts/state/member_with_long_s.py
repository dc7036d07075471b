"""config.json has the hooks as `hookſ`, with the long s, U+017F, which Go's parser folds to an s."""

import os

from bypass import refused

SOURCE = "idea: Go's encoding/json folds U+017F and U+212A"
WAY = "create"
STOPPED = refused("config")
BARE = {"crun": "crun reads names exactly"}


def attack(t):
    t.write("/mnt/host/hook", "#!/bin/sh\nread line\nid -u > /mnt/host/written\n", 0o755)
    t.hook("prestart", "/mnt/host/hook")
    t.spec["hook\u017f"] = t.spec.pop("hooks")
    t.run("true")
    return os.path.exists("/mnt/host/written")
