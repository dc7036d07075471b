"""An engine's file at a target where the engine does not mount it is state of the engine."""

from bypass import refused

SOURCE = "idea: look-alike of an engine's own mount"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    t.plant("/var/lib/docker/containers/%s/config.v2.json" % t.id)
    t.bind("/var/lib/docker/containers/%s/config.v2.json" % t.id, "/etc/hosts")
    return t.leaked(t.run("cat /etc/hosts"))
