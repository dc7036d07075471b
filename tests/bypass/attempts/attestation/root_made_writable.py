"""The read-only root filesystem is made writable between create and start."""

from bypass import attested, world

SOURCE = "idea"
WAY = "race"
STOPPED = attested("it is not `ro`")


def attack(t):
    t.keep_root()
    t.spec["root"]["readonly"] = True
    t.create("echo %s > /etc/written" % t.canary)
    world.within(t.pid, ["mnt"], lambda: world.mount("", "/", flags=world.MS_REMOUNT | world.MS_BIND))
    t.start()
    t.ended()
    return t.leaked(t.read(t.rootfs + "/etc/written"))
