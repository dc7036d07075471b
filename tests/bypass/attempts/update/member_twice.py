"""A file of limits has a member twice: a checker reads one, the runtime the other."""

from bypass import refused

SOURCE = "idea: parsers disagree on duplicate members"
WAY = "update"
STOPPED = refused("json")


def attack(t):
    t.spec["linux"]["resources"]["pids"] = {"limit": 20}
    t.up()
    # runc takes the last, crun the first
    more, less = '"pids": {"limit": 1000}', '"pids": {"limit": 20}'
    path = t.write(t.io + "/resources.json", "{%s, %s, %s}" % (more, less, more), 0o600)
    t.call("update", "--resources", path, t.id)
    return "60 processes of 20" if "reached" in t.exec("reach forks 60") else ""
