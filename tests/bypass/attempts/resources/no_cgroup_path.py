"""A configuration without a cgroupsPath: limits might be set on no group at all."""

from bypass import inert

SOURCE = "CVE-2025-47291: containers that were not placed in a control group (containerd)"
WAY = "create"
STOPPED = inert("the low-level runtime makes a group, with the policy's limits")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"pidsLimit": 20}}}}})
    del t.spec["linux"]["cgroupsPath"]
    return "60 processes of 20" if "reached" in t.run("reach forks 60") else ""
