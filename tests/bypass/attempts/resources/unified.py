"""Files of control groups version 2 by name lift what the plain members limit."""

from bypass import inert

SOURCE = "idea: linux.resources.unified"
WAY = "create"
STOPPED = inert("only names that can lift no limit stay")
BARE = "control groups of version 1 have no such files"


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"pidsLimit": 20}}}}})
    t.spec["linux"]["resources"]["unified"] = {"pids.max": "max", "memory.max": "max", "memory.swap.max": "max", "cpu.max": "max"}
    t.spec["linux"]["resources"]["pids"] = {"limit": 20}
    return "60 processes of 20" if "reached" in t.run("reach forks 60") else ""
