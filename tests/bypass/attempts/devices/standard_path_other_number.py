"""A device of the host is made under the name of a harmless one."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("device")


def attack(t):
    t.spec["linux"]["devices"] = [{"path": "/dev/full", "type": "c", "major": 10, "minor": 229, "fileMode": 0o666}]
    t.spec["linux"]["resources"]["devices"].append({"allow": True, "type": "c", "major": 10, "minor": 229, "access": "rwm"})
    return "10, 229" in t.run("ls -l /dev/full")
