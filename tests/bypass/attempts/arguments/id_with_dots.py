"""An id that is a path, so that the container's record is written, and later removed, elsewhere on the host."""

from bypass import refused

SOURCE = "idea"
WAY = "arguments"
STOPPED = refused("argument")
BARE = "runc and crun refuse it too"


def attack(t):
    t.lay("true")
    t.create_by("create", "--bundle", t.bundle, "--pid-file", t.pid_file, "../../mnt/host/record")
    return "created"
