"""A control group that leads out of the engine's tree by ".."."""

from bypass import refused

SOURCE = "CVE-2025-47291's ingredient: where a container's group is"
WAY = "create"
STOPPED = refused("cgroup-path")


def attack(t):
    t.spec["linux"]["cgroupsPath"] = "/bypass/../" + t.id
    t.up()
    lines = t.read("/proc/%d/cgroup" % t.pid).split()
    return next((line for line in lines if ":pids:" in line and line.endswith("/" + t.id) and "bypass" not in line), "")
