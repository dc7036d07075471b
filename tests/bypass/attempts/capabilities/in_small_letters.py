"""A capability in small letters, which a checker that compares exactly does not know."""

from bypass import refused

SOURCE = "idea: libcap takes any case"
WAY = "create"
STOPPED = refused("capabilities")
BARE = {"runc": "it ignores names that it does not know"}


def attack(t):
    t.cap("cap_sys_admin")
    return "mounted" if "/srv tmpfs" in t.run("mount -t tmpfs none /srv && cat /proc/mounts") else ""
