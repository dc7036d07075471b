"""A hard link to a secret has another name, and is the same file."""

import os

from bypass import refused

SOURCE = "idea: hard links to well-known secrets"
WAY = "create"
STOPPED = refused("bind-type")


def attack(t):
    t.plant("/srv/keys/.ssh/id_ed25519")
    os.mkdir("/srv/work")
    os.link("/srv/keys/.ssh/id_ed25519", "/srv/work/data")
    t.bind("/srv/work/data", "/x", "rbind", "ro")
    return t.leaked(t.run("cat /x"))
