"""A bind mount of a part of /etc elsewhere on the host is still a part of /etc."""

from bypass import refused

SOURCE = "idea: bind-mounted copies"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    t.plant("/etc/%s/deep/secret" % t.id)
    t.host_bind("/etc/" + t.id, "/mnt/part")
    t.bind("/mnt/part/deep", "/x")
    return t.leaked(t.run("cat /x/secret"))
