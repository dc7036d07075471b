"""A bind of another container's hosts file looks like what an engine mounts for itself."""

from bypass import refused

SOURCE = "idea: look-alike of an engine's own mount"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    other = "0123456789abcdef" * 3 + t.id[1:].rjust(16, "0")
    t.plant("/var/lib/docker/containers/%s/hosts" % other)
    t.bind("/var/lib/docker/containers/%s/hosts" % other, "/etc/hosts")
    return t.leaked(t.run("cat /etc/hosts"))
