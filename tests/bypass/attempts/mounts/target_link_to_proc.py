"""A link of the image at the target sends the mount below /proc, which the image itself does not have."""

import os

from bypass import refused

SOURCE = "CVE-2019-16884, CVE-2019-19921"
WAY = "image content"
BARE = {"runc": "runc refuses it by itself since the fix of CVE-2019-16884"}
STOPPED = refused("bind-target")


def attack(t):
    os.symlink("/proc/driver", t.rootfs + "/data")
    t.bind(t.host, "/data")
    return t.leaked(t.run("cat /proc/driver/secret"))
