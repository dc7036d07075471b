"""A file tool that removes, where the workspace is only to be read."""

from bypass import refused

SOURCE = "idea: workspace access `ro` disables write, edit and apply_patch"
WAY = "exec"
STOPPED = refused("tool")


def attack(t):
    t.agent(sandbox={"workspaceAccess": "ro"})
    t.up()
    return "removed" if "done" in t.exec(["sh", "-c", "echo done", "openclaw-sandbox-fs", "remove", "/tmp", "", "x", "1", "1"]) else ""
