"""A file tool that writes, where the agent may only read."""

from bypass import refused

SOURCE = "idea: a denied tool is only denied by its name"
WAY = "exec"
STOPPED = refused("tool")


def attack(t):
    t.agent(tools={"deny": ["write", "edit", "apply_patch"]})
    t.up()
    return "written" if "done" in t.exec(["sh", "-c", "echo x >/tmp/x && echo done", "openclaw-sandbox-fs", "write", "/tmp", "", "x", "0"]) else ""
