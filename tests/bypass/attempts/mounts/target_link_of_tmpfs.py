"""A link of the image at the place of a tmpfs puts a writable file system over a part of /proc."""

import os

from bypass import refused

SOURCE = "CVE-2019-16884"
WAY = "image content"
STOPPED = refused("mount-target")


def attack(t):
    os.rmdir(t.rootfs + "/workspace")
    os.symlink("/proc/driver", t.rootfs + "/workspace")
    t.mount("tmpfs", "tmpfs", "/workspace", "mode=1777", "size=1m")
    return "tmpfs" in t.run("grep ' /proc/driver ' /proc/mounts")
