"""A link in a writable volume sends a mount below it to another place of the container."""

import os

from bypass import refused

SOURCE = "CVE-2021-30465"
WAY = "volume"
STOPPED = refused("bind-target")


def attack(t):
    os.makedirs("/srv/volume")
    os.symlink("/etc", "/srv/volume/sub")
    t.bind("/srv/volume", "/v")
    t.bind(t.secret, "/v/sub/passwd")
    return t.leaked(t.run("cat /etc/passwd"))
