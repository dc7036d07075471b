"""A read-only bind is made writable between create and start."""

from bypass import attested, world

SOURCE = "idea"
WAY = "race"
STOPPED = attested("mount at `/x`: it is not `ro`")


def attack(t):
    t.keep_root()
    t.sh("mkdir /mnt/host/data")
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.create("echo %s > /x/written" % t.canary)
    world.within(t.pid, ["mnt"], lambda: world.mount("", "/x", flags=world.MS_REMOUNT | world.MS_BIND))
    t.start()
    t.ended()
    return t.leaked(t.read("/mnt/host/data/written"))
