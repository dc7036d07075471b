"""A volume of the local driver of type overlay has /etc as its lower directory."""

import os

from bypass import refused

SOURCE = "idea"
WAY = "volume"
ENGINES = "docker"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    os.mkdir(t.host + "/empty")
    name = t.volume("--driver", "local", "-o", "type=overlay", "-o", "device=overlay", "-o", "o=lowerdir=%s/empty:/etc" % t.host)
    return t.leaked(t.run("-v", name + ":/x:ro", command="cat /x" + secret[len("/etc"):]))
