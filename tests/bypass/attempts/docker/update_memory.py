"""`docker update` lifts the limits of a running container."""

from bypass import inert

SOURCE = "idea"
WAY = "update"
ENGINES = "docker"
STOPPED = inert("what is above the policy is held to it")


def control(pid, controller, knob):
    """A limit of a process's control group."""
    with open("/proc/%d/cgroup" % pid) as table:
        path = [line.rstrip("\n").split(":")[2] for line in table if line.split(":")[1] == controller][0]
    with open("/sys/fs/cgroup/%s%s/%s" % (controller, path, knob)) as limit:
        return limit.read().strip()


def attack(t):
    name = t.up("--memory", "64m", "--memory-swap", "64m")
    t.docker("update", "--memory", "40g", "--memory-swap", "80g", name)
    limit = int(control(t.pid_of(name), "memory", "memory.limit_in_bytes"))
    return limit if limit > 4 << 30 else ""
