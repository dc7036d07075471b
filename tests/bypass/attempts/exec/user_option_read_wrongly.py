"""`exec -u 1` runs as root where a runtime reads the option wrongly."""

from bypass import inert

SOURCE = "CVE-2026-30892: crun exec -u"
WAY = "exec"
STOPPED = inert("the option becomes numbers in a process file, and no low-level runtime sees it")
BARE = {"runc": "it reads numbers rightly", "crun": "1.8.1 does; the flaw came later"}


def attack(t):
    t.up()
    text = t.call("exec", "-u", "1", t.id, "id").text
    return "" if "uid=1" in text else text
