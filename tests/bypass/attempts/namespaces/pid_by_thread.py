"""The same namespace in the spelling of a thread, /proc/PID/task/PID/ns/pid, and with doubled slashes."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("namespace-pid")


def attack(t):
    other = t.neighbour(edit=lambda box: box.env("SECRET", t.canary))
    t.join("pid", "//proc/%d/task//%d/ns/pid" % (other.pid, other.pid))
    return t.leaked(t.run("cat /proc/1/environ"))
