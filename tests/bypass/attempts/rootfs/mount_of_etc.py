"""A mount of the host's /etc below the root filesystem comes along with it."""

from bypass import refused

SOURCE = "idea: `rootfs` with mounts below it"
WAY = "create"
STOPPED = refused("rootfs-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    t.host_bind("/etc", t.rootfs + "/data")
    return t.leaked(t.run("cat /data" + secret[len("/etc"):]))
