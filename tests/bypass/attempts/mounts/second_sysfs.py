"""A second sysfs elsewhere is writable, and firmware is not masked there."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("mount-target")


def attack(t):
    t.keep_root()
    t.spec["mounts"] = [entry for entry in t.spec["mounts"] if not entry["destination"].startswith("/sys")]
    t.mount("sysfs", "sysfs", "/x", "rw")
    return "sent" in t.run("echo change >/x/class/net/lo/uevent && echo sent")
