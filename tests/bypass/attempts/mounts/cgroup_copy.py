"""A control group hierarchy that is mounted elsewhere on the host can be written there."""

import os

from bypass import refused

SOURCE = "CVE-2022-0492"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    t.host_bind("/sys/fs/cgroup/memory", "/mnt/memory")
    t.bind("/mnt/memory", "/x")
    t.run("mkdir /x/bypass/by-" + t.id)
    made = "/sys/fs/cgroup/memory/bypass/by-" + t.id
    return made if os.path.isdir(made) else ""
