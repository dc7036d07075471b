"""kernel.domainname is no setting of the kernel's but a name, by which NFS and NIS tell hosts apart."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("sysctl")


def attack(t):
    t.sysctl("kernel.domainname", t.id)
    return t.run("cat /proc/sys/kernel/domainname").strip() == t.id
