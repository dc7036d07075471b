"""A container that nobody limited takes all of the host's memory."""

from bypass import inert

SOURCE = "openclaw#38604"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = inert("the policy's limit is set")


def control(pid, controller, knob):
    """A limit of a process's control group."""
    with open("/proc/%d/cgroup" % pid) as table:
        path = [line.rstrip("\n").split(":")[2] for line in table if line.split(":")[1] == controller][0]
    with open("/sys/fs/cgroup/%s%s/%s" % (controller, path, knob)) as limit:
        return limit.read().strip()


def attack(t):
    name = t.up("--memory", "0")
    pid = t.pid_of(name)
    limit = int(control(pid, "memory", "memory.limit_in_bytes"))
    return limit if limit > 1 << 40 else ""
