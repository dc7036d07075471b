"""A device path with `..` leaves /dev."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("device")


def attack(t):
    t.spec["linux"]["devices"] = [{"path": "/dev/../etc/zero", "type": "c", "major": 1, "minor": 5}]
    return t.run("head -c 3 /etc/zero | wc -c").strip() == "3"
