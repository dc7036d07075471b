"""`--mount` writes a bind in other words than `-v`."""

from bypass import refused

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    return t.leaked(t.run("--mount", "type=bind,source=/etc,target=/x,readonly", command="cat /x" + secret[len("/etc"):]))
