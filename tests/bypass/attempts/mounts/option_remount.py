"""A second entry with `remount` makes a read-only bind writable again."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
BARE = {"crun": "crun 1.8.1 leaves the bind read-only all the same"}
STOPPED = refused("mount-target")


def attack(t):
    t.bind(t.host, "/x", "bind", "ro")
    t.mount("bind", t.host, "/x", "bind", "remount", "rw")
    t.run("echo %s >/x/written" % t.canary)
    return t.read(t.host + "/written")
