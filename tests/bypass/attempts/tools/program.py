"""The same by a program without a shell."""

from bypass import refused

SOURCE = "idea"
WAY = "exec"
STOPPED = refused("tool")


def attack(t):
    t.annotation("closedclaw.io/agent", "a")
    t.config({"agents": {"list": [{"id": "a", "tools": {"deny": ["*"]}}]}})
    t.up()
    return "ran" if "it ran" in t.exec(["echo", "it ran"]) else ""
