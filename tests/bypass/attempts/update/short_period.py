"""An update leaves the quota, and makes the period short."""

from bypass import inert

SOURCE = "idea: quota and period are compared one by one"
WAY = "update"
STOPPED = inert("the quota is judged by its share of the period")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"cpus": 0.5}}}}})
    t.spec["linux"]["resources"]["cpu"] = {"quota": 50000, "period": 100000}
    t.up()
    t.update({"cpu": {"period": 10000}})
    quota, period = (int(t.read("/sys/fs/cgroup/cpu/bypass/%s/cpu.cfs_%s_us" % (t.id, name))) for name in ("quota", "period"))
    t.exec("true")
    return "%.1f processors" % (quota / period) if quota < 0 or quota > period / 2 else ""
