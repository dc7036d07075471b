"""`--ipc container:` gives another container's shared memory."""

from bypass import refused

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("namespace-ipc")


def attack(t):
    other = t.neighbour("--ipc", "shareable")
    t.exec(other, command="echo %s >/dev/shm/secret" % t.canary)
    return t.leaked(t.run("--ipc", "container:" + other, command="cat /dev/shm/secret"))
