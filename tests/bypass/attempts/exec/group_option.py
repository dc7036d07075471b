"""`exec --additional-gids 0` adds root's group."""

from bypass import inert

SOURCE = "CVE-2022-36109, CVE-2023-25173: supplementary groups (Moby, containerd)"
WAY = "exec"
STOPPED = inert("group 0 is taken out of the additional groups")
BARE = {"crun": "1.8.1 has no such option"}


def attack(t):
    t.plant("/mnt/host/data/only-roots-group", 0o640)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.up()
    return t.leaked(t.call("exec", "--additional-gids", "0", t.id, "cat", "/x/only-roots-group", check=False).text)
