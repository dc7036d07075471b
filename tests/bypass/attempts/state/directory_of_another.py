"""The directory of the records was made by another user, before closedclaw ran for the first time."""

import os

from bypass import refused

SOURCE = "idea"
WAY = "state"
STOPPED = refused("state")


def attack(t):
    os.mkdir("/run/closedclaw", 0o711)
    os.chown("/run/closedclaw", 1000, 1000)
    return t.run("id -u").strip() == "0" and "uid 0"
