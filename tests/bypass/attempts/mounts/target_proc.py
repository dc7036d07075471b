"""A mount over a part of /proc hides what security labels and masks are written to."""

from bypass import refused

SOURCE = "CVE-2019-16884"
WAY = "create"
BARE = {"runc": "runc refuses it by itself since the fix of CVE-2019-16884, but for a list of files"}
STOPPED = refused("bind-target")


def attack(t):
    t.bind(t.host, "/proc/driver")
    return t.leaked(t.run("cat /proc/driver/secret"))
