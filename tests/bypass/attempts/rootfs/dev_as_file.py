"""The image's /dev is a file, so that no mount can cover it."""

import os

from bypass import refused

SOURCE = "CVE-2026-47766"
WAY = "image content"
BARE = "both runtimes fail at a /dev that is no directory"
STOPPED = refused("rootfs-symlink")


def attack(t):
    os.rmdir(t.rootfs + "/dev")
    t.write(t.rootfs + "/dev", "")
    t.spec["mounts"] = [entry for entry in t.spec["mounts"] if not entry["destination"].startswith("/dev")]
    return "no device" in t.run("test -c /dev/null || echo no device")
