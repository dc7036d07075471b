"""A shell command with the word of the file tools behind it, and no operation of theirs."""

from bypass import refused

SOURCE = "idea"
WAY = "exec"
STOPPED = refused("tool")


def attack(t):
    t.agent(tools={"deny": ["exec"]})
    t.up()
    return "ran" if "it ran" in t.exec(["sh", "-c", "echo it ran", "openclaw-sandbox-fs", "run", "x"]) else ""
