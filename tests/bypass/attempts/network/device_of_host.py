"""A network device of the host is moved into the container (`linux.netDevices`)."""

from bypass import refused

SOURCE = "idea; runtime-spec 1.3"
WAY = "create"
STOPPED = refused("network-device")
BARE = "runc before 1.4 and crun before 1.23 do not read `netDevices`"


def attack(t):
    t.spec["linux"]["netDevices"] = {"lo": {"name": "eth0"}}
    return "eth0" if "eth0" in t.run("ls /sys/class/net") else ""
