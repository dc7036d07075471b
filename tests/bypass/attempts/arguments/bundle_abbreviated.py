"""`--bund DIRECTORY`, an abbreviation, is the option to the C library's parser and unknown to Go's."""

from bypass import refused

SOURCE = "idea"
WAY = "arguments"
STOPPED = refused("argument")

BARE = {"runc": "runc takes it for an unknown option"}


def attack(t):
    t.lay("id -u")
    t.create_by("create", "--bund", t.bundle, "--pid-file", t.pid_file, t.id)
    t.start()
    return t.ended().strip() == "0" and "uid 0"
