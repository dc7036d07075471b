"""A mount of the host is put into the container's mount namespace between create and start."""

from bypass import attested, world

SOURCE = "idea; CVE-2024-0132: mounts that another program adds"
WAY = "race"
STOPPED = attested("/home/agent")


def attack(t):
    t.create("cat /home/agent/secret")
    world.graft("/mnt/host", t.pid, "/home/agent")
    t.start()
    return t.leaked(t.ended())
