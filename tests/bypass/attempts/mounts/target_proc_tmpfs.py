"""A tmpfs over a part of /proc makes writes of the runtime go nowhere."""

from bypass import refused

SOURCE = "CVE-2019-16884, CVE-2025-52881"
WAY = "create"
STOPPED = refused("mount-target")


def attack(t):
    t.mount("tmpfs", "tmpfs", "/proc/driver")
    return "tmpfs" in t.run("grep ' /proc/driver ' /proc/mounts")
