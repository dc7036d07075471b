"""A relative source is resolved against a directory that the caller does not see."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-missing")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    t.bind("../../../../etc", "/x")
    return t.leaked(t.run("cat /x" + secret[len("/etc"):]))
