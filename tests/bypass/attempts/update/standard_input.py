"""An update by standard input, which cannot be read twice."""

from bypass import inert

SOURCE = "idea: runc update -r -"
WAY = "update"
STOPPED = inert("what was read and judged is what the low-level runtime gets")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"pidsLimit": 20}}}}})
    t.spec["linux"]["resources"]["pids"] = {"limit": 20}
    t.up()
    t.call("update", "--resources", "-", t.id, stdin='{"pids": {"limit": 1000}}')
    return "60 processes of 20" if "reached" in t.exec("reach forks 60") else ""
