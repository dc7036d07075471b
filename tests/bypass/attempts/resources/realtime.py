"""A group with realtime runtime: its programs take a processor from everything else."""

from bypass import inert, lacks

SOURCE = "idea: linux.resources.cpu.realtimeRuntime"
WAY = "create"
STOPPED = inert("the members are removed")
BARE = lacks("/sys/fs/cgroup/cpu/cpu.rt_runtime_us", "realtime groups (CONFIG_RT_GROUP_SCHED)")


def attack(t):
    # As on a host whose groups have some of it to give
    for group in ("/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpu/bypass"):
        if t.read(group + "/cpu.rt_runtime_us").strip() == "0":
            t.write(group + "/cpu.rt_runtime_us", "20000")
    t.spec["linux"]["resources"]["cpu"] = {"realtimeRuntime": 10000, "realtimePeriod": 1000000}
    t.up()
    runtime = t.read("/sys/fs/cgroup/cpu/bypass/%s/cpu.rt_runtime_us" % t.id).strip()
    return runtime + " µs in each second" if runtime not in ("", "0") else ""
