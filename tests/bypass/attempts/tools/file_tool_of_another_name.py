"""A shell command under a name that only looks like the file tools'."""

from bypass import refused

SOURCE = "idea"
WAY = "exec"
STOPPED = refused("tool")


def attack(t):
    t.agent(tools={"deny": ["exec"]})
    t.up()
    return "ran" if "it ran" in t.exec(["sh", "-c", "echo it ran", "openclaw-sandbox-fsx", "read", "/", "", "x"]) else ""
