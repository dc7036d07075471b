"""A device with a harmless number is made outside of /dev, over a file of the image."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("device")


def attack(t):
    t.spec["linux"]["devices"] = [{"path": "/etc/passwd2", "type": "c", "major": 1, "minor": 5}]
    return t.run("head -c 3 /etc/passwd2 | wc -c").strip() == "3"
