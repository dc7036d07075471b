"""The same with another device of the memory, which runc gives away too."""

from bypass import inert

SOURCE = "idea: runc's exception is for /dev/null alone"
WAY = "create"
STOPPED = inert("the stream is a node of its own for the same device, which nobody else has")


def attack(t):
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    changed = t.stdin_device(0o020000, 1, 5)
    t.run("chmod 0 /proc/self/fd/0; head -c 4 | wc -c")
    return changed()
