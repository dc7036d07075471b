"""A writable bind of /sys/fs/cgroup lets the container make and change control groups of the host."""

import os

from bypass import refused

SOURCE = "CVE-2022-0492: release_agent of a version 1 control group"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    t.bind("/sys/fs/cgroup", "/x")
    t.run("mkdir /x/memory/bypass/by-%s" % t.id)
    made = "/sys/fs/cgroup/memory/bypass/by-" + t.id
    return made if os.path.isdir(made) else ""
