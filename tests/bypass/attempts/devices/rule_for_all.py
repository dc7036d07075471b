"""A rule that allows every device, with CAP_MKNOD, opens whatever the host has."""

from bypass import refused

SOURCE = "idea: `--device-cgroup-rule`"
WAY = "create"
STOPPED = refused("device")


def attack(t):
    t.spec["linux"]["resources"]["devices"] = [{"allow": True, "access": "rwm"}]
    return "opened" in t.run("mknod /tmp/fuse c 10 229; : </tmp/fuse && echo opened")
