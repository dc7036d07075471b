"""Limits as options of update, past any file that could be judged."""

from bypass import refused

SOURCE = "idea"
WAY = "update"
STOPPED = refused("update")


def attack(t):
    t.spec["linux"]["resources"]["pids"] = {"limit": 20}
    t.up()
    t.call("update", "--pids-limit", "1000", t.id)
    return "60 processes of 20" if "reached" in t.exec("reach forks 60") else ""
