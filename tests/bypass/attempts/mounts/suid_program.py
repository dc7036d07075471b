"""A set-user-id program in a bind gives the container's user another user's rights."""

from bypass import inert

SOURCE = "idea"
WAY = "create"
STOPPED = inert("the bind is mounted nosuid, and no_new_privs is set besides")


def attack(t):
    t.sh("mkdir /mnt/host/bin; cp %s/probe/euid /mnt/host/bin/euid; chmod 4755 /mnt/host/bin/euid" % t.rootfs)
    t.bind("/mnt/host/bin", "/x")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    return "effective uid 0" if t.run("/x/euid").strip() == "0" else ""
