"""The process file of an exec has root's group as the first one (`docker exec -u 1000`, a uid that the image does not know)."""

from bypass import inert

SOURCE = "idea: as CVE-2022-36109, with the primary group"
WAY = "exec"
STOPPED = inert("a user who is not root gets a group of its own instead of root's")


def attack(t):
    t.plant("/mnt/host/data/only-roots-group", 0o640)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.up()
    return t.leaked(t.exec("cat /x/only-roots-group", user={"uid": 1000, "gid": 0}))
