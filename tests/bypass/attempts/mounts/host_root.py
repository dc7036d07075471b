"""A bind of / gives the container the whole host."""

from bypass import refused

SOURCE = "idea: `-v /:/host`"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    t.bind("/", "/x")
    return t.leaked(t.run("cat /x" + secret))
