"""process.ioPriority with the realtime class of the disk."""

from bypass import inert

SOURCE = "idea: process.ioPriority of the runtime specification 1.1"
WAY = "create"
STOPPED = inert("the member is removed")
BARE = {"runc": "1.1.5 does not know it", "crun": "1.8.1 does not know it"}


def attack(t):
    t.spec["process"]["ioPriority"] = {"class": "IOPRIO_CLASS_RT", "priority": 0}
    return "realtime" if "realtime" in t.run("ionice -p 1") else ""
