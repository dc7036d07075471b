"""A bind mount of /etc elsewhere on the host is /etc, though its path says nothing of it."""

from bypass import refused

SOURCE = "idea: bind-mounted copies"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    t.host_bind("/etc", "/mnt/copy")
    t.bind("/mnt/copy", "/x")
    return t.leaked(t.run("cat /x" + secret[len("/etc"):]))
