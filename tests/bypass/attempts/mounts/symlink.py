"""A symbolic link to /etc is bound in place of /etc."""

import os

from bypass import refused

SOURCE = "CVE-2024-1753, openclaw#100642"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    os.symlink("/etc", t.host + "/data")
    t.bind(t.host + "/data", "/x")
    return t.leaked(t.run("cat /x" + secret[len("/etc"):]))
