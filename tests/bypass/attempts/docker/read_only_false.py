"""`--read-only=false` leaves the container's programs open to change."""

from bypass import inert

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = inert("the root filesystem is read-only")


def attack(t):
    return t.leaked(t.run("--read-only=false", "-u", "1000:1000", command="cd /home/agent; echo %s >.profile; cat .profile" % t.canary))
