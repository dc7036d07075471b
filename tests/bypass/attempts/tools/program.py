"""The same by a program without a shell."""

from bypass import refused

SOURCE = "idea"
WAY = "exec"
STOPPED = refused("tool")


def attack(t):
    t.agent(tools={"deny": ["*"]})
    t.up()
    return "ran" if "it ran" in t.exec(["echo", "it ran"]) else ""
