"""A link of the image above the target sends the mount below /sys."""

import os

from bypass import refused

SOURCE = "CVE-2019-16884, CVE-2019-19921"
WAY = "image content"
STOPPED = refused("bind-target")


def attack(t):
    os.symlink("/sys", t.rootfs + "/data")
    t.bind(t.host, "/data/kernel")
    return t.leaked(t.run("cat /sys/kernel/secret"))
