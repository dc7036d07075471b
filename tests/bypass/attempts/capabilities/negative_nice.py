"""CAP_SYS_NICE takes processor time from everybody else on the host."""

from bypass import refused

SOURCE = "idea: --cap-add SYS_NICE"
WAY = "create"
STOPPED = refused("capabilities")


def attack(t):
    t.cap("CAP_SYS_NICE")
    return "nice -20" if "reached" in t.run("reach nice -20") else ""
