"""A capability by its number."""

from bypass import refused

SOURCE = "idea: libcap takes numbers"
WAY = "create"
STOPPED = refused("capabilities")
BARE = {"runc": "it ignores names that it does not know"}


def attack(t):
    t.cap("21")
    return "mounted" if "/srv tmpfs" in t.run("mount -t tmpfs none /srv && cat /proc/mounts") else ""
