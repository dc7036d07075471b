"""The largest memory limit that a number can hold."""

from bypass import inert

SOURCE = "idea"
WAY = "create"
STOPPED = inert("lowered to the policy's")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"memory": "64m", "memorySwap": "64m"}}}}})
    t.spec["linux"]["resources"]["memory"] = {"limit": 9223372036854775807}
    return "100 MiB of 64" if "reached" in t.run("reach eat 100") else ""
