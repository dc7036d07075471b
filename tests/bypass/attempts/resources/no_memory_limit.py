"""Without a memory limit a container takes the host's memory."""

from bypass import inert

SOURCE = "idea: no engine sets a limit unasked"
WAY = "create"
STOPPED = inert("the policy's limits are there, asked for or not")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"memory": "64m", "memorySwap": "64m"}}}}})
    return "100 MiB of 64" if "reached" in t.run("reach eat 100") else ""
