"""`--bundle` is given twice: the first is harmless, the last one counts."""

import json

from bypass import inert

SOURCE = "idea"
WAY = "arguments"
STOPPED = inert("the last one is the one that is hardened, and the only one that the low-level runtime gets")


def attack(t):
    other = "/mnt/host/harmless"
    t.sh("mkdir -p %s/rootfs" % other)
    t.lay("id -u")
    harmless = dict(t.spec, process=dict(t.spec["process"], args=["true"]))
    t.write(other + "/config.json", json.dumps(harmless))
    t.create_by("create", "--bundle", other, "--pid-file", t.pid_file, "--bundle", t.bundle, t.id)
    t.start()
    return t.ended().strip() == "0" and "uid 0"
