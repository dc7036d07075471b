"""A program takes address randomisation from itself and what it starts, for exploits that need to know addresses."""

from bypass import inert, profile

SOURCE = "idea: personality(ADDR_NO_RANDOMIZE)"
WAY = "create"
STOPPED = inert("only the plain personalities are allowed")


def attack(t):
    t.spec["linux"]["seccomp"] = profile.all_but()
    return "fixed addresses" if "reached" in t.run("reach personality 0x40000") else ""
