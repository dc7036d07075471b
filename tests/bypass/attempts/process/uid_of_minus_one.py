"""The uid 4294967295 is -1, which a runtime may take for "leave it as it is": root."""

from bypass import refused

SOURCE = "CVE-2024-40635: a large user id wraps around to root (containerd); here what of it can reach a runtime"
WAY = "create"
STOPPED = refused("user")
BARE = {"runc": "it checks the range itself"}


def attack(t):
    t.plant("/mnt/host/data/only-root", 0o600)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.spec["process"]["user"] = {"uid": 4294967295, "gid": 4294967295}
    return t.leaked(t.run("id -u; cat /x/only-root"))
