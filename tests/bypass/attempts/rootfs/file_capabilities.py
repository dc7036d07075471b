"""A program of the image with file capabilities gives them to whoever runs it."""

import os

from bypass import inert

SOURCE = "idea"
WAY = "image content"
STOPPED = inert("no capability is in the bounding set, and no_new_privs is set")


def attack(t):
    t.sh("cp {0}/bin/busybox {0}/probe/cat".format(t.rootfs))
    # version 2, effective, permitted CAP_CHOWN
    os.setxattr(t.rootfs + "/probe/cat", "security.capability", bytes.fromhex("010000020100000000000000") + bytes(8))
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    return "CapEff:\t0000000000000001" in t.run("/probe/cat /proc/self/status")
