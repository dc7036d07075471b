"""`--cgroup-manager disabled`: crun makes no control group, so that no limit holds."""

from bypass import refused

SOURCE = "idea: podman run --cgroups=disabled"
WAY = "arguments"
STOPPED = refused("cgroup-path")
BARE = {"runc": "it has no such option"}


def attack(t):
    t.globals = ["--cgroup-manager", "disabled"]
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"pidsLimit": 20}}}}})
    t.spec["linux"]["resources"]["pids"] = {"limit": 20}
    return "60 processes of 20" if "reached" in t.run("reach forks 60") else ""
