"""`exec -e` brings what create removed."""

from bypass import inert

SOURCE = "CVE-2026-32003: variables that make a shell run something"
WAY = "exec"
STOPPED = inert("the environment is cleaned at every exec")


def attack(t):
    t.write("/mnt/host/data/rc", "echo planted\n")
    t.bind("/mnt/host/data", "/x")
    t.up()
    return "the file ran" if "planted" in t.call("exec", "-e", "BASH_ENV=/x/rc", t.id, "/bin/bash", "-c", "true").text else ""
