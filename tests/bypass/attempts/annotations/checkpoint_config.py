"""org.criu.config names a file of the host, whose settings CRIU takes as root."""

from bypass import inert

SOURCE = "idea: runc's checkpoint"
WAY = "create"
STOPPED = inert("the annotation is removed before the low-level runtime sees it; checkpoints are refused besides")


def attack(t):
    t.annotation("org.criu.config", "/mnt/host/criu.conf")
    t.create("true")
    seen = t.read(t.bundle + "/config.json")
    t.start()
    t.ended()
    return "/mnt/host/criu.conf" in seen
