"""The gid 4294967295 is -1, which a runtime may take for "leave it as it is": root's group."""

from bypass import refused

SOURCE = "CVE-2024-40635: a large user id wraps around (containerd); here with the group"
WAY = "create"
STOPPED = refused("user")
BARE = {"runc": "it checks the range itself"}


def attack(t):
    t.plant("/mnt/host/data/only-roots-group", 0o640)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 4294967295}
    return t.leaked(t.run("cat /x/only-roots-group"))
