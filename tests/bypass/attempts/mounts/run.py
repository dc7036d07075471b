"""A bind of /run reaches the sockets and secrets of the host's daemons."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    t.plant("/run/daemon/secret")
    t.bind("/run", "/x")
    return t.leaked(t.run("cat /x/daemon/secret"))
