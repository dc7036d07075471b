"""An exec without rlimits inherits the engine's."""

from bypass import inert

SOURCE = "idea"
WAY = "exec"
STOPPED = inert("every limit of the policy is there, asked for or not")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"ulimits": {"nofile": 256}}}}}})
    t.up()
    return "1000 open files" if "reached" in t.exec("reach descriptors 1000", rlimits=[]) else ""
