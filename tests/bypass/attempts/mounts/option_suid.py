"""The option `suid` gives set-user-id programs on a nosuid mount of the host their effect back."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("mount-option")


def attack(t):
    t.host_mount("tmpfs", "/mnt/nosuid", "tmpfs", 2)
    t.sh("cp %s/probe/euid /mnt/nosuid/euid; chmod 4755 /mnt/nosuid/euid" % t.rootfs)
    t.bind("/mnt/nosuid", "/x", "rbind", "suid", "nodev")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    return t.run("/x/euid").strip() == "0"
