"""A device node in a bound directory can be opened in the container."""

import os
import stat

from bypass import inert

SOURCE = "idea: devices below a source directory"
WAY = "create"
STOPPED = inert("binds are mounted nodev")


def attack(t):
    os.mknod(t.host + "/zero", stat.S_IFCHR | 0o666, os.makedev(1, 5))
    os.chmod(t.host + "/zero", 0o666)
    t.bind(t.host, "/x")
    return t.run("head -c 3 /x/zero | wc -c").strip() == "3"
