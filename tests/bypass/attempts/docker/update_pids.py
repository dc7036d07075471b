"""`docker update --pids-limit -1` lifts the limit of processes."""

from bypass import inert

SOURCE = "idea"
WAY = "update"
ENGINES = "docker"
BARE = {"crun": "Docker 20.10 sends a memory limit of 0 with it, at which crun 1.8.1 fails"}
STOPPED = inert("the policy's limit stays in force")


def control(pid, controller, knob):
    """A limit of a process's control group."""
    with open("/proc/%d/cgroup" % pid) as table:
        path = [line.rstrip("\n").split(":")[2] for line in table if line.split(":")[1] == controller][0]
    with open("/sys/fs/cgroup/%s%s/%s" % (controller, path, knob)) as limit:
        return limit.read().strip()


def attack(t):
    name = t.up("--pids-limit", "50")
    t.docker("update", "--pids-limit", "-1", name)
    return control(t.pid_of(name), "pids", "pids.max") == "max"
