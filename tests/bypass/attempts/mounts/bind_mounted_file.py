"""A bind mount of one file of /etc at another place is that file."""

from bypass import refused

SOURCE = "idea: file binds"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    t.host_bind(secret, t.host + "/notes.txt")
    t.bind(t.host + "/notes.txt", "/x", "rbind", "ro")
    return t.leaked(t.run("cat /x"))
