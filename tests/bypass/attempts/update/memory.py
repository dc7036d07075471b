"""An update raises the memory limit."""

from bypass import inert

SOURCE = "idea: docker update --memory"
WAY = "update"
STOPPED = inert("an update is held to the policy's limits")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"memory": "64m", "memorySwap": "64m"}}}}})
    t.spec["linux"]["resources"]["memory"] = {"limit": 64 << 20, "swap": 64 << 20}
    t.up()
    t.update({"memory": {"limit": 1 << 30, "swap": 1 << 30}})
    return "100 MiB of 64" if "reached" in t.exec("reach eat 100") else ""
