"""A link of the image at the target puts a file in the place of a device node."""

import os

from bypass import refused

SOURCE = "CVE-2025-31133, CVE-2026-88265"
WAY = "image content"
STOPPED = refused("bind-target")


def attack(t):
    os.symlink("/dev/urandom", t.rootfs + "/data")
    t.bind(t.secret, "/data")
    return t.leaked(t.run("head -c 200 /dev/urandom"))
