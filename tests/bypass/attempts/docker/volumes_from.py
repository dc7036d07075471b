"""`--volumes-from` takes over what another container, made without these rules, has mounted."""

from bypass import refused

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    other = t.neighbour("-v", "/etc:/x:ro")
    return t.leaked(t.run("--volumes-from", other, command="cat /x" + secret[len("/etc"):]))
