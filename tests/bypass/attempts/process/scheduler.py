"""process.scheduler with a realtime class."""

from bypass import inert

SOURCE = "idea: process.scheduler of the runtime specification 1.1"
WAY = "create"
STOPPED = inert("the member is removed")
BARE = {"runc": "1.1.5 does not know it", "crun": "1.8.1 does not know it"}


def attack(t):
    t.spec["process"]["scheduler"] = {"policy": "SCHED_BATCH", "nice": 0}
    return "batch" if t.run("cat /proc/self/stat").split()[40] == "3" else ""
