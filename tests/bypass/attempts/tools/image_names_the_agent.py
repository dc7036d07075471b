"""The container's environment says that it is another agent's, one that may run commands."""

from bypass import refused

SOURCE = "idea: nothing of the image may relax the policy"
WAY = "exec"
STOPPED = refused("tool")


def attack(t):
    t.annotation("closedclaw.io/agent", "a")
    t.env("CLOSEDCLAW_AGENT", "free")
    t.env("OPENCLAW_AGENT", "free")
    t.config({"agents": {"list": [{"id": "a", "tools": {"deny": ["exec"]}}, {"id": "free"}]}})
    t.up()
    return "ran" if "it ran" in t.exec(["/bin/sh", "-lc", "echo it ran"], env=["CLOSEDCLAW_AGENT=free", "PATH=/bin"]) else ""
