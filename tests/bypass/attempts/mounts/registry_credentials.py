"""A bind of one file, ~/.docker/config.json, gives the passwords of registries."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-credential")


def attack(t):
    t.plant("/home/somebody/.docker/config.json")
    t.bind("/home/somebody/.docker/config.json", "/x", "rbind", "ro")
    return t.leaked(t.run("cat /x"))
