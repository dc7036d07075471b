"""A bind mount of ~/.ssh elsewhere hides the name that tells what it is."""

from bypass import refused

SOURCE = "idea: bind-mounted copies"
WAY = "create"
STOPPED = refused("bind-credential")


def attack(t):
    t.plant("/home/somebody/.ssh/id_ed25519")
    t.host_bind("/home/somebody/.ssh", "/mnt/keys")
    t.bind("/mnt/keys", "/x")
    return t.leaked(t.run("cat /x/id_ed25519"))
