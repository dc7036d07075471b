"""A target with `..` ends in another place than it begins with."""

from bypass import refused

SOURCE = "CVE-2019-16884"
WAY = "create"
STOPPED = refused("mount-target")


def attack(t):
    t.bind(t.secret, "/tmp/../etc/passwd")
    return t.leaked(t.run("cat /etc/passwd"))
