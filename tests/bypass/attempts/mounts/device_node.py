"""A device node of the host is bound into the container."""

import os
import stat

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-type")


def attack(t):
    os.mknod(t.host + "/log", stat.S_IFCHR | 0o666, os.makedev(1, 11))
    t.bind(t.host + "/log", "/x")
    return "1, 11" if "1, 11" in " ".join(t.run("ls -l /x").split()).replace(",", ", ").replace(",  ", ", ") else ""
