"""fs.mqueue.* raises how many message queues a container may have, memory of the kernel."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("sysctl")


def attack(t):
    t.sysctl("fs.mqueue.queues_max", "54321")
    return t.run("cat /proc/sys/fs/mqueue/queues_max").strip() == "54321"
