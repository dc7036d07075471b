"""An option in a form that only one of the low-level runtimes reads, `-bDIRECTORY`: what reads it differently looks at another bundle."""

from bypass import refused

SOURCE = "idea"
WAY = "arguments"
STOPPED = refused("argument")

BARE = {"runc": "runc takes it for an unknown option"}


def attack(t):
    t.lay("id -u")
    t.create_by("create", "-b" + t.bundle, "--pid-file", t.pid_file, t.id)
    t.start()
    return t.ended().strip() == "0" and "uid 0"
