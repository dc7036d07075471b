"""The working directory is a descriptor of the host's that the runtime has open."""

from bypass import refused

SOURCE = "CVE-2024-21626: /proc/self/fd as the working directory (runc)"
WAY = "create"
STOPPED = refused("process-cwd")
BARE = {"runc": "corrected in Debian's 1.1.5"}


def attack(t):
    t.leak("/mnt")
    t.spec["process"]["cwd"] = "/proc/self/fd/3"
    return t.leaked(t.run("cat ./host/secret"))
