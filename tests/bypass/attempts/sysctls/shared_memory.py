"""kernel.shmmax lets a container keep more shared memory than the host meant to allow; no limit of its own counts it at once."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("sysctl")


def attack(t):
    t.sysctl("kernel.shmmax", "123456789")
    return t.run("cat /proc/sys/kernel/shmmax").strip() == "123456789"
