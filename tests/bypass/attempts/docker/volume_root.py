"""`-v /:/host` gives the whole host."""

from bypass import refused

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    return t.leaked(t.run("-v", "/:/host:ro", command="cat /host" + secret))
