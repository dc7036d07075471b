"""A read-only bind leaves what is mounted below its source writable."""

from bypass import inert

SOURCE = "idea: `rro`"
WAY = "create"
STOPPED = inert("a read-only bind is made read-only recursively")


def attack(t):
    t.host_mount("tmpfs", t.host + "/sub", "tmpfs", 0, "mode=1777")
    t.bind(t.host, "/x", "rbind", "rprivate", "ro")
    t.run("echo %s >/x/sub/written" % t.canary)
    return t.read(t.host + "/sub/written")
