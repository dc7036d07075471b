"""A set-user-id program of the image gives the container's user root's rights."""

from bypass import inert

SOURCE = "idea"
WAY = "image content"
STOPPED = inert("no_new_privs is set")


def attack(t):
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    return t.run("/probe/euid").strip() == "0"
