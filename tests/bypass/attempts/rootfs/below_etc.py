"""The root filesystem is a directory below the host's /etc."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("rootfs-blocked")


def attack(t):
    secret = t.plant("/etc/%s/secret" % t.id)
    t.sh("cd /etc/%s && mkdir proc dev bin && cp /usr/bin/busybox bin/cat" % t.id)
    t.spec["root"]["path"] = "/etc/" + t.id
    t.spec["mounts"] = t.spec["mounts"][:1]
    try:
        return t.leaked(t.run(["/bin/cat", "/secret"]))
    finally:
        t.sh("rm -r /etc/" + t.id)
