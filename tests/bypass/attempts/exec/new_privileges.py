"""An exec without no_new_privs runs a set-user-id program of the image."""

from bypass import inert

SOURCE = "idea: engines write noNewPrivileges only when asked (engines.md 0.1 of the design notes)"
WAY = "exec"
STOPPED = inert("no_new_privs is set at every exec")


def attack(t):
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.up()
    return "effective uid 0" if t.exec("euid", noNewPrivileges=False).strip() == "0" else ""
