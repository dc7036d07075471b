"""A mount namespace joined by path is one where something else is mounted: sources are looked up there, after all checks."""

from bypass import refused, world

SOURCE = "idea"
WAY = "create"
STOPPED = refused("namespace-join")


def attack(t):
    t.sh("mkdir -p /mnt/open /mnt/closed")
    t.plant("/mnt/closed/file")
    other = t.holder(world.CLONE_NEWNS, lambda: (world.mount("", "/", flags=world.MS_REC | world.MS_PRIVATE),
                                                 world.mount("/mnt/closed", "/mnt/open", flags=world.MS_BIND)))
    t.bind("/mnt/open", "/x")
    t.join("mount", "/proc/%d/ns/mnt" % other)
    return t.leaked(t.run("cat /x/file"))
