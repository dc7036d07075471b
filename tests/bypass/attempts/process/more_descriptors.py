"""An rlimit above the policy's."""

from bypass import inert

SOURCE = "idea"
WAY = "create"
STOPPED = inert("an rlimit is lowered to the policy's")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"ulimits": {"nofile": {"soft": 128, "hard": 256}}}}}}})
    t.spec["process"]["rlimits"] = [{"type": "RLIMIT_NOFILE", "soft": 2000, "hard": 2000}]
    return "1000 open files" if "reached" in t.run("reach descriptors 1000") else ""
