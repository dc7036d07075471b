"""The source's parent directory is a symbolic link, so that the source looks harmless."""

import os

from bypass import refused

SOURCE = "CVE-2026-27523, openclaw#91741"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    t.plant("/etc/%s/secret" % t.id)
    os.symlink("/etc", t.host + "/work")
    t.bind("%s/work/%s" % (t.host, t.id), "/x")
    return t.leaked(t.run("cat /x/secret"))
