"""An update to the largest weight."""

from bypass import inert

SOURCE = "idea: docker update --cpu-shares"
WAY = "update"
STOPPED = inert("the weight is at most that of the policy's processors")


def attack(t):
    t.up()
    t.update({"cpu": {"shares": 262144}})
    shares = int(t.read("/sys/fs/cgroup/cpu/bypass/%s/cpu.shares" % t.id))
    t.exec("true")
    return "%d shares" % shares if shares > 2048 else ""
