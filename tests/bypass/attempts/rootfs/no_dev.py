"""Without a mount at /dev the device nodes are made in the image, where they stay."""

import os
import stat

from bypass import inert

SOURCE = "CVE-2026-41579, CVE-2026-47766"
WAY = "create"
STOPPED = inert("a tmpfs is mounted at /dev")


def attack(t):
    t.spec["mounts"] = [entry for entry in t.spec["mounts"] if not entry["destination"].startswith("/dev")]
    t.run("true")
    return [name for name in os.listdir(t.rootfs + "/dev") if stat.S_ISCHR(os.lstat(t.rootfs + "/dev/" + name).st_mode)]
