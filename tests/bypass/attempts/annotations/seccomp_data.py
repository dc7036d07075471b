"""run.oci.seccomp_bpf_data replaces the whole system call filter by one of the caller's, here one that allows everything."""

import base64
import struct

from bypass import inert, profile

SOURCE = "idea: crun(1)"
WAY = "create"
STOPPED = inert("the annotation is removed, and the profile that was written is loaded")
BARE = {"runc": "runc reads no run.oci annotation"}

RET, ALLOW = 0x06, 0x7FFF0000


def attack(t):
    t.spec["linux"]["seccomp"] = profile.all_but(profile.rule("mkdir mkdirat", "ERRNO"))
    t.annotation("run.oci.seccomp_bpf_data", base64.b64encode(struct.pack("=HBBI", RET, 0, 0, ALLOW)).decode())
    return "mkdir is allowed" if t.run("mkdir /tmp/x && echo made").strip() == "made" else ""
