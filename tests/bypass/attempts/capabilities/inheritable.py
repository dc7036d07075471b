"""Inheritable capabilities and a program of the image with inheritable file capabilities: a user becomes more than that."""

import os
import struct

from bypass import inert

SOURCE = "CVE-2022-24769: containers started with non-empty inheritable sets (Moby)"
WAY = "create"
STOPPED = inert("all five sets are emptied, and no_new_privs is set")


def attack(t):
    t.plant("/mnt/host/data/only-root", 0o600)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.sh("cp %s/bin/busybox %s/bin/busybox-with-rights" % (t.rootfs, t.rootfs))
    # cap_dac_override=ei, version 2
    os.setxattr(t.rootfs + "/bin/busybox-with-rights", "security.capability", struct.pack("<IIIII", 0x02000001, 0, 2, 0, 0))
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.spec["process"]["capabilities"]["inheritable"] = t.spec["process"]["capabilities"]["bounding"]
    return t.leaked(t.run("busybox-with-rights cat /x/only-root"))
