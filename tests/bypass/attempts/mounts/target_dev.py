"""A bind at /dev/urandom makes every key of the container predictable."""

from bypass import refused

SOURCE = "CVE-2025-31133, CVE-2026-88265: what a node of /dev is"
WAY = "create"
STOPPED = refused("bind-target")


def attack(t):
    t.bind(t.secret, "/dev/urandom")
    return t.leaked(t.run("cat /dev/urandom"))
