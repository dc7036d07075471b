"""A mount of /etc below a harmless source comes along with a recursive bind."""

from bypass import refused

SOURCE = "idea: nested mounts"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    t.host_bind("/etc", t.host + "/a/b")
    t.bind(t.host + "/a", "/x")
    return t.leaked(t.run("cat /x/b" + secret[len("/etc"):]))
