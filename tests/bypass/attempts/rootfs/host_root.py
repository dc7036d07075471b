"""The root filesystem is `/` of the host."""

from bypass import refused

SOURCE = "idea: `podman run --rootfs /`"
WAY = "create"
BARE = "the kernel does not make what is the root already the root of a container: pivot_root fails with both"
STOPPED = refused("rootfs-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    t.spec["root"]["path"] = "/"
    t.spec["mounts"] = t.spec["mounts"][:1]
    return t.leaked(t.run(["cat", secret]))
