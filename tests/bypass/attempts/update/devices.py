"""An update with a device rule that allows everything."""

from bypass import inert

SOURCE = "idea: Podman repeats its list of devices in every update"
WAY = "update"
STOPPED = inert("device rules are removed from an update")
BARE = {"runc": "its update takes no device rules"}


def attack(t):
    t.up()
    t.update({"devices": [{"allow": True, "access": "rwm"}], "pids": {"limit": 100}})
    text = t.read("/sys/fs/cgroup/devices/bypass/%s/devices.list" % t.id)
    t.exec("true")
    return text if "a *:*" in text else ""
