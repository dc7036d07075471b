"""CAP_SYS_ADMIN mounts."""

from bypass import refused

SOURCE = "idea: --cap-add SYS_ADMIN"
WAY = "create"
STOPPED = refused("capabilities")


def attack(t):
    t.cap("CAP_SYS_ADMIN")
    return "mounted" if "/srv tmpfs" in t.run("mount -t tmpfs none /srv && cat /proc/mounts") else ""
