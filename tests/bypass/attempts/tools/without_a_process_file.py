"""An exec without a process file, its command in the arguments, by an agent without the tool `exec`."""

from bypass import refused

SOURCE = "idea: conmon-rs and people call exec so"
WAY = "exec"
STOPPED = refused("tool")


def attack(t):
    t.agent(tools={"deny": ["exec"]})
    t.up()
    return "ran" if "it ran" in t.call("exec", t.id, "sh", "-lc", "echo it ran", check=False).text else ""
