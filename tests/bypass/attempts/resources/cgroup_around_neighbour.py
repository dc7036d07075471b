"""The control group that holds the groups of others: this container's limits hold for them."""

from bypass import refused

SOURCE = "idea: a caller of the runtime may name any group, that of all containers too"
WAY = "create"
STOPPED = refused("cgroup-path")
BARE = {"runc": "it cannot set device rules on a group with others below it"}


def attack(t):
    around = "/bypass/%s-around" % t.id

    def inside(other):
        other.spec["linux"]["cgroupsPath"] = around + "/" + other.id
    t.neighbour(edit=inside)
    t.spec["linux"]["cgroupsPath"] = around + "/."
    t.spec["linux"]["resources"] = {"pids": {"limit": 3}}
    t.up()
    return "the limit of all" if t.read("/sys/fs/cgroup/pids%s/pids.max" % around).strip() == "3" else ""
