"""A link of the image at the target sends the mount below /sys, which the image itself does not have."""

import os

from bypass import refused

SOURCE = "CVE-2019-16884, CVE-2019-19921"
WAY = "image content"
STOPPED = refused("bind-target")


def attack(t):
    os.symlink("/sys/kernel", t.rootfs + "/data")
    t.bind(t.host, "/data")
    return t.leaked(t.run("cat /sys/kernel/secret"))
