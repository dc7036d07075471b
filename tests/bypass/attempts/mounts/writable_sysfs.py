"""With a writable sysfs the container sets up devices of the host."""

from bypass import inert

SOURCE = "idea"
WAY = "create"
STOPPED = inert("sysfs is mounted read-only")


def attack(t):
    t.keep_root()
    for entry in t.spec["mounts"]:
        if entry["type"] == "sysfs":
            entry["options"] = ["nosuid", "noexec", "nodev", "rw"]
    return "sent" in t.run("echo change >/sys/class/net/lo/uevent && echo sent")
