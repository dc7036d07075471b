"""A bind of an engine's directory shows the files of every container."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    t.plant("/var/lib/docker/overlay2/%s/diff/secret" % t.id)
    t.bind("/var/lib/docker/overlay2", "/x")
    return t.leaked(t.run("cat /x/%s/diff/secret" % t.id))
