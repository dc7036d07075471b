"""`--cgroup-manager disabled` makes a container without a control group, so without limits and device rules."""

from bypass import refused

SOURCE = "idea: podman's --cgroups=disabled"
WAY = "arguments"
STOPPED = refused("cgroup-path")
BARE = {"runc": "runc has no such option"}


def attack(t):
    t.globals = ["--cgroup-manager", "disabled"]
    t.up()
    return "/bypass/" not in t.read("/proc/%d/cgroup" % t.pid) and "in no group"
