"""An exec's program becomes the owner of the device that its standard input is."""

from bypass import inert

SOURCE = "containers/crun a9d12996: crun before 1.24 gives devices to the container's user"
WAY = "exec"
STOPPED = inert("the stream is a node of its own for the same device, which nobody else has")
BARE = {"runc": "runc leaves /dev/null as it is"}


def attack(t):
    t.up()
    changed = t.stdin_device(0o020000, 1, 3)
    t.exec("chmod 0 /proc/self/fd/0; cat", user={"uid": 1000, "gid": 1000})
    return changed()
