"""The directory of the records is a link to one that another user may write."""

import os

from bypass import refused

SOURCE = "idea"
WAY = "state"
STOPPED = refused("state")


def attack(t):
    os.mkdir("/home/records")
    os.chown("/home/records", 1000, 1000)
    os.symlink("/home/records", "/run/closedclaw")
    return t.run("id -u").strip() == "0" and "uid 0"
