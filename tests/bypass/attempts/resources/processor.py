"""A quota of four processors."""

from bypass import inert

SOURCE = "idea"
WAY = "create"
STOPPED = inert("the quota is the policy's")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"cpus": 0.5}}}}})
    t.spec["linux"]["resources"]["cpu"] = {"quota": 400000, "period": 100000}
    t.up()
    quota = int(t.read("/sys/fs/cgroup/cpu/bypass/%s/cpu.cfs_quota_us" % t.id))
    return "quota %d" % quota if not 0 < quota <= 50000 else ""
