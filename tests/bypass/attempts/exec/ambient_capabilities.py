"""An exec gives a user ambient capabilities, which stay with every program that it runs."""

from bypass import inert

SOURCE = "CVE-2022-29162: capabilities at exec; here the ambient ones"
WAY = "exec"
STOPPED = inert("all five sets are emptied at every exec")


def attack(t):
    t.plant("/mnt/host/data/only-root", 0o600)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.up()
    sets = ("bounding", "effective", "permitted", "inheritable", "ambient")
    return t.leaked(t.exec("cat /x/only-root", user={"uid": 1000, "gid": 1000}, capabilities={s: ["CAP_DAC_OVERRIDE"] for s in sets}))
