"""A file of /etc that is mounted below a harmless source comes along with a recursive bind."""

from bypass import refused

SOURCE = "idea: nested mounts"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    t.write(t.host + "/a/notes.txt", "")
    t.host_bind(secret, t.host + "/a/notes.txt")
    t.bind(t.host + "/a", "/x")
    return t.leaked(t.run("cat /x/notes.txt"))
