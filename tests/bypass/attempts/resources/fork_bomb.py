"""Without a limit on processes one container takes all process ids of the host."""

from bypass import inert

SOURCE = "idea: fork bomb"
WAY = "create"
STOPPED = inert("the policy's limits are there, asked for or not")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"pidsLimit": 20}}}}})
    return "60 processes of 20" if "reached" in t.run("reach forks 60") else ""
