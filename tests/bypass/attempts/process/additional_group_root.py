"""A user who is not root gets root's group as an additional one, and with it what that group may read."""

from bypass import inert

SOURCE = "CVE-2022-36109, CVE-2023-25173: supplementary groups that nobody asked for (Moby, containerd)"
WAY = "create"
STOPPED = inert("group 0 is taken out of the additional groups")


def attack(t):
    t.plant("/mnt/host/data/only-roots-group", 0o640)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000, "additionalGids": [0]}
    return t.leaked(t.run("cat /x/only-roots-group"))
