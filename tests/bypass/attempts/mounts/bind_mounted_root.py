"""A bind mount of / elsewhere on the host shows what its path hides."""

from bypass import refused

SOURCE = "idea: bind-mounted copies"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    t.plant("/srv/copy-me/secret")
    t.host_bind("/", "/mnt/rootcopy", recursive=True)
    t.bind("/mnt/rootcopy/srv/../", "/x")
    return t.leaked(t.run("cat /x/srv/copy-me/secret"))
