"""A limit of 0 processes, which is none."""

from bypass import inert

SOURCE = "idea"
WAY = "create"
STOPPED = inert("a number that means \"no limit\" becomes the policy's")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"pidsLimit": 20}}}}})
    t.spec["linux"]["resources"]["pids"] = {"limit": 0}
    return "60 processes of 20" if "reached" in t.run("reach forks 60") else ""
