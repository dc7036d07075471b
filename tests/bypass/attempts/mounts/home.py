"""A bind of a whole home brings the credentials that are in it."""

from bypass import refused

SOURCE = "openclaw#93361"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    t.plant("/home/somebody/.ssh/id_ed25519")
    t.bind("/home/somebody", "/x", "rbind", "ro")
    return t.leaked(t.run("cat /x/.ssh/id_ed25519"))
