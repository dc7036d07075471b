"""A low-level runtime that forgets no_new_privs."""

from bypass import attested

SOURCE = "idea: a runtime that does not know a member passes over it"
WAY = "race"
STOPPED = attested("no_new_privs")


def attack(t):
    t.before_low("sed -E -i 's/\"noNewPrivileges\": ?true/\"noNewPrivileges\":false/' %s/config.json" % t.bundle)
    t.spec["process"]["noNewPrivileges"] = True
    return "NoNewPrivs:\t0" in t.run("grep NoNew /proc/self/status") and "new privileges"
