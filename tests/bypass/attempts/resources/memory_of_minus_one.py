"""A memory limit of -1, which is none."""

from bypass import inert

SOURCE = "idea"
WAY = "create"
STOPPED = inert("a number that means \"no limit\" becomes the policy's")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"memory": "64m", "memorySwap": "64m"}}}}})
    t.spec["linux"]["resources"]["memory"] = {"limit": -1, "swap": -1}
    return "100 MiB of 64" if "reached" in t.run("reach eat 100") else ""
