"""A masked file of /proc is uncovered between create and start."""

from bypass import attested, world

SOURCE = "CVE-2025-31133: what a mask is made of is exchanged"
WAY = "race"
STOPPED = attested("/proc/interrupts")


def attack(t):
    t.spec["linux"]["maskedPaths"].append("/proc/interrupts")
    t.create("cat /proc/interrupts")
    world.within(t.pid, ["mnt"], lambda: world.umount("/proc/interrupts"))
    t.start()
    return "CPU0" in t.ended() and "interrupts"
