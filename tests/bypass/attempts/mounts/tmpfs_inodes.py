"""A tmpfs with `nr_inodes=0` has no limit of files, and each file costs memory of the kernel."""

from bypass import inert

SOURCE = "idea"
WAY = "create"
STOPPED = inert("a limit of files stays in force")


def attack(t):
    t.mount("tmpfs", "tmpfs", "/x", "mode=1777", "size=1m", "nr_inodes=0")
    return t.run("stat -f -c %c /x").strip() == "0"
