"""The same by a shell of another name, which no gateway uses."""

from bypass import refused

SOURCE = "idea"
WAY = "exec"
STOPPED = refused("tool")


def attack(t):
    t.agent(tools={"deny": ["group:runtime"]})
    t.up()
    return "ran" if "it ran" in t.exec(["/bin/bash", "-c", "echo it ran"]) else ""
