"""The container's id is the name of a call, behind `--`."""

from bypass import inert

SOURCE = "idea"
WAY = "arguments"
STOPPED = inert("the first word that is no option is the call, and what follows is not")


def attack(t):
    t.id = "state"
    return t.run("id -u", "--").strip() == "0" and "uid 0"
