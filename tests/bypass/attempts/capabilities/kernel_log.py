"""CAP_SYSLOG reads the kernel's log, with addresses and what other containers caused."""

from bypass import refused

SOURCE = "idea: --cap-add SYSLOG"
WAY = "create"
STOPPED = refused("capabilities")


def attack(t):
    t.cap("CAP_SYSLOG")
    return "%d lines" % t.run("dmesg").count("\n")
