"""An update raises the quota."""

from bypass import inert

SOURCE = "idea: docker update --cpu-quota"
WAY = "update"
STOPPED = inert("an update is held to the policy's limits")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"cpus": 0.5}}}}})
    t.spec["linux"]["resources"]["cpu"] = {"quota": 50000, "period": 100000}
    t.up()
    t.update({"cpu": {"quota": 400000}})
    quota = int(t.read("/sys/fs/cgroup/cpu/bypass/%s/cpu.cfs_quota_us" % t.id))
    t.exec("true")
    return "quota %d" % quota if not 0 < quota <= 50000 else ""
