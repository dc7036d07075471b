"""A realtime priority takes a processor from everything else on the host."""

from bypass import inert, needs

SOURCE = "idea: RLIMIT_RTPRIO, sched(7)"
WAY = "create"
BARE = needs("CAP_SYS_RESOURCE")
STOPPED = inert("RLIMIT_RTPRIO is 0")


def attack(t):
    t.spec["process"]["rlimits"] = [{"type": "RLIMIT_RTPRIO", "soft": 10, "hard": 10}]
    text = t.run("grep realtime.priority /proc/self/limits")
    return text if text.split()[3:5] != ["0", "0"] else ""
