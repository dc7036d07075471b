"""A small quota is a large share when the period is small too."""

from bypass import inert

SOURCE = "idea: quota and period are compared one by one"
WAY = "create"
STOPPED = inert("the quota is judged by its share of the period")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"cpus": 0.5}}}}})
    t.spec["linux"]["resources"]["cpu"] = {"quota": 40000, "period": 10000}
    t.up()
    quota, period = (int(t.read("/sys/fs/cgroup/cpu/bypass/%s/cpu.cfs_%s_us" % (t.id, name))) for name in ("quota", "period"))
    return "%.1f processors" % (quota / period) if quota > period / 2 else ""
