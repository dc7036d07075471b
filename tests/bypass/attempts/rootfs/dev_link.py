"""The image's /dev is a link, and device nodes are made where it leads."""

import os

from bypass import refused

SOURCE = "CVE-2026-41579, CVE-2026-47766"
WAY = "image content"
STOPPED = refused("rootfs-symlink")


def attack(t):
    os.rmdir(t.rootfs + "/dev")
    os.mkdir(t.rootfs + "/evil")
    os.symlink("evil", t.rootfs + "/dev")
    return "devtmpfs" not in t.run("grep ' /evil ' /proc/mounts") and "null" in t.run("ls /evil")
