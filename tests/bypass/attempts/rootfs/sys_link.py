"""The image's /sys is a link, so that sysfs and what is masked in it go where the image says."""

import os

from bypass import refused

SOURCE = "CVE-2023-27561, CVE-2023-28642"
WAY = "image content"
BARE = {"runc": "corrected in 1.1.5, the tested version", "crun": "the tested 1.8.1 refuses it by itself"}
STOPPED = refused("rootfs-symlink")


def attack(t):
    os.rmdir(t.rootfs + "/sys")
    os.mkdir(t.rootfs + "/evil")
    os.symlink("evil", t.rootfs + "/sys")
    return "sysfs" in t.run("grep ' /evil ' /proc/mounts")
