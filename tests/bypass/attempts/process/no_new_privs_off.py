"""noNewPrivileges off and a set-user-id program of the image: a user becomes root."""

from bypass import inert

SOURCE = "idea"
WAY = "create"
STOPPED = inert("no_new_privs is always set")


def attack(t):
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.spec["process"]["noNewPrivileges"] = False
    return "effective uid 0" if t.run("euid").strip() == "0" else ""
