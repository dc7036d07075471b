"""An agent without the tool `exec` gets a shell by the gateway's own form of it."""

from bypass import refused

SOURCE = "idea: deny is absolute"
WAY = "exec"
STOPPED = refused("tool")


def attack(t):
    t.agent(tools={"deny": ["exec"]})
    t.up()
    return "ran" if "it ran" in t.exec(["/bin/sh", "-lc", "echo it ran"]) else ""
