"""The low-level runtime that the configuration names may be written by others than root."""

import os

from bypass import refused

SOURCE = "CVE-2019-5736: a runtime that is overwritten"
WAY = "state"
STOPPED = refused("low-level")


def attack(t):
    t.before_low("id -u > /mnt/host/written")
    os.chmod("/srv/low/" + t.low, 0o777)
    t.run("true")
    return os.path.exists("/mnt/host/written")
