"""A user with an engine's own capabilities as ambient ones reads what only root may."""

from bypass import inert

SOURCE = "CVE-2022-24769 and its kin: sets that engines fill and forget; here the ambient one"
WAY = "create"
STOPPED = inert("all five sets are emptied")


def attack(t):
    t.plant("/mnt/host/data/only-root", 0o600)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    sets = ("bounding", "effective", "permitted", "inheritable", "ambient")
    t.spec["process"]["capabilities"] = {name: ["CAP_DAC_OVERRIDE"] for name in sets}
    return t.leaked(t.run("cat /x/only-root"))
