"""A state directory in other letters is the same directory to a file system that ignores case."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    t.plant("/srv/gateway/.OpenClaw/credentials/token")
    t.bind("/srv/gateway/.OpenClaw/credentials", "/x", "rbind", "ro")
    return t.leaked(t.run("cat /x/token"))
