"""A device of the host is listed in the configuration, as `--device` does it."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("device")


def attack(t):
    t.spec["linux"]["devices"] = [{"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229, "fileMode": 0o666}]
    t.spec["linux"]["resources"]["devices"].append({"allow": True, "type": "c", "major": 10, "minor": 229, "access": "rwm"})
    return "opened" in t.run(": </dev/fuse && echo opened")
