"""`-bundle DIRECTORY` is the option to Go's parser, and `-b` with the value `undle` to others."""

from bypass import refused

SOURCE = "idea"
WAY = "arguments"
STOPPED = refused("argument")

BARE = {"crun": "crun looks for a bundle called `undle`"}


def attack(t):
    t.lay("id -u")
    t.create_by("create", "-bundle", t.bundle, "--pid-file", t.pid_file, t.id)
    t.start()
    return t.ended().strip() == "0" and "uid 0"
