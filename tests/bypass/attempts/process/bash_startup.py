"""BASH_ENV names a file that bash runs before any script."""

from bypass import inert

SOURCE = "CVE-2026-32003: variables that make a shell run something"
WAY = "create"
STOPPED = inert("BASH_ENV is removed from the environment")


def attack(t):
    t.write("/mnt/host/data/rc", "echo planted\n")
    t.bind("/mnt/host/data", "/x")
    t.env("BASH_ENV", "/x/rc")
    return "the file ran" if "planted" in t.run("bash -c true") else ""
