"""A copy of ~/.aws in a project is as good as the one at home."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-credential")


def attack(t):
    t.plant("/srv/project/.aws/credentials")
    t.bind("/srv/project/.aws/credentials", "/x", "rbind", "ro")
    return t.leaked(t.run("cat /x"))
