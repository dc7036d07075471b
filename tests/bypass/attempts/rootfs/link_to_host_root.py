"""The root filesystem is a symbolic link to a copy of the host's root."""

import os

from bypass import refused

SOURCE = "idea"
WAY = "create"
BARE = {"runc": "runc takes no symbolic link"}
STOPPED = refused("rootfs-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    t.host_bind("/", "/mnt/rootcopy", recursive=True)
    os.symlink("/mnt/rootcopy", t.bundle + "/link")
    t.spec["root"]["path"] = "link"
    t.spec["mounts"] = t.spec["mounts"][:1]
    return t.leaked(t.run(["cat", secret]))
