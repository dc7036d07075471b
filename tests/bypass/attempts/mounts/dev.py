"""A bind of /dev shows the shared memory of the host's programs."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/dev/shm/secret-" + t.id)
    t.bind("/dev", "/x")
    return t.leaked(t.run("cat /x" + secret[len("/dev"):]))
