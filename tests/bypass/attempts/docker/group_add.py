"""`--group-add` makes the container's user a member of a group that owns files of the host."""

from bypass import inert

SOURCE = "CVE-2022-36109"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = inert("the group gives nothing of root's")


def attack(t):
    t.plant(t.host + "/data/secret", 0o640)
    return t.leaked(t.run("-u", "1000:1000", "--group-add", "0", "-v", t.host + "/data:/x", command="cat /x/secret"))
