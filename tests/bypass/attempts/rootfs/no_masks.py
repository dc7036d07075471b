"""Without masked paths the container reads what the kernel tells of the whole host."""

from bypass import inert

SOURCE = "CVE-2025-31133"
WAY = "create"
STOPPED = inert("the list of masked paths is completed")


def attack(t):
    t.keep_root()
    t.spec["linux"]["maskedPaths"] = []
    return "jiffies" in t.run("cat /proc/timer_list")
