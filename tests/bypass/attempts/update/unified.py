"""An update by files of control groups version 2."""

from bypass import inert

SOURCE = "idea: linux.resources.unified"
WAY = "update"
STOPPED = inert("only names that can lift no limit stay")
BARE = "control groups of version 1 have no such files"


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"pidsLimit": 20}}}}})
    t.spec["linux"]["resources"]["pids"] = {"limit": 20}
    t.up()
    t.update({"unified": {"pids.max": "max", "memory.max": "max"}})
    return "60 processes of 20" if "reached" in t.exec("reach forks 60") else ""
