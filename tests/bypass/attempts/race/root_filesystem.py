"""A root filesystem in a user's directory is exchanged for another one after the look at it."""

from bypass import inert, world

SOURCE = "idea; podman run --rootfs"
WAY = "race"
STOPPED = inert("a root filesystem that others could exchange is a copy of the mount that was looked at")


def attack(t):
    t.sh("mkdir /home/work; cp -a %s /home/work/rootfs; cp -a %s /home/work/evil; chown 1000:1000 /home/work" % (world.BASE, world.BASE))
    t.write("/home/work/evil/etc/passwd", t.canary)
    t.spec["root"]["path"] = "/home/work/rootfs"
    t.before_low("mv /home/work/rootfs /home/work/old; mv /home/work/evil /home/work/rootfs")
    return t.leaked(t.run("cat /etc/passwd"))
