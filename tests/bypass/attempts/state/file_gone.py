"""The record of what a container is held to is removed, so that nothing is known of it."""

import glob
import os

from bypass import refused

SOURCE = "idea"
WAY = "state"
STOPPED = refused("state")


def attack(t):
    t.up()
    for path in glob.glob("/run/closedclaw/*/%s.json" % t.id):
        os.unlink(path)
    return t.exec("id -u", user={"uid": 0, "gid": 0}).strip() == "0" and "uid 0"
