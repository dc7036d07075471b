"""The control group of another container: its limits become this one's, and its processes this one's."""

from bypass import refused

SOURCE = "idea: engines choose the group; a caller of the runtime may name any"
WAY = "create"
STOPPED = refused("cgroup-path")


def attack(t):
    other = t.neighbour()
    t.spec["linux"]["cgroupsPath"] = other.spec["linux"]["cgroupsPath"]
    t.spec["linux"]["resources"]["pids"] = {"limit": 3}
    t.up()
    return "the other's limit" if t.read("/sys/fs/cgroup/pids/bypass/%s/pids.max" % other.id).strip() == "3" else ""
