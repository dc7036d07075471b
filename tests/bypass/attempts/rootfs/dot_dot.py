"""A relative path leads from the bundle to a copy of the host's root."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("rootfs-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    t.host_bind("/", "/mnt/rootcopy", recursive=True)
    t.spec["root"]["path"] = "../../../../mnt/rootcopy"
    t.spec["mounts"] = t.spec["mounts"][:1]
    return t.leaked(t.run(["cat", secret]))
