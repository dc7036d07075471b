"""A source with `..` in it leaves the directory that it seems to be in."""

from bypass import refused

SOURCE = "CVE-2022-23648: path traversal in a volume of an image"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    t.bind(t.host + "/../../etc", "/x")
    return t.leaked(t.run("cat /x" + secret[len("/etc"):]))
