"""An update raises the limit on processes."""

from bypass import inert

SOURCE = "idea: docker update --pids-limit"
WAY = "update"
STOPPED = inert("an update is held to the policy's limits")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"pidsLimit": 20}}}}})
    t.spec["linux"]["resources"]["pids"] = {"limit": 20}
    t.up()
    t.update({"pids": {"limit": 1000}})
    return "60 processes of 20" if "reached" in t.exec("reach forks 60") else ""
