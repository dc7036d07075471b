"""Without rlimits the container inherits those of the engine."""

from bypass import inert

SOURCE = "idea: systemd gives an engine a million descriptors"
WAY = "create"
STOPPED = inert("every limit of the policy is there, asked for or not")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"ulimits": {"nofile": 256}}}}}})
    return "1000 open files" if "reached" in t.run("reach descriptors 1000") else ""
