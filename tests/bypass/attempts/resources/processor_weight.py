"""The largest weight: whatever else runs on the host gets what this container leaves."""

from bypass import inert

SOURCE = "idea: docker run --cpu-shares"
WAY = "create"
STOPPED = inert("the weight is at most that of the policy's processors")


def attack(t):
    t.spec["linux"]["resources"]["cpu"] = {"shares": 262144}
    t.up()
    shares = int(t.read("/sys/fs/cgroup/cpu/bypass/%s/cpu.shares" % t.id))
    return "%d shares" % shares if shares > 2048 else ""
