"""A bind of /var/run is a bind of /run by another name."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    t.plant("/run/daemon/secret")
    t.bind("/var/run/daemon", "/x")
    return t.leaked(t.run("cat /x/secret"))
