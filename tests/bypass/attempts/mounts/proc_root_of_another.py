"""/proc/PID/root of another container's process shows that container's files."""

from bypass import refused

SOURCE = "idea: links of /proc"
WAY = "create"
BARE = "the kernel binds nothing from another mount namespace, and the low-level runtimes mount in a new one"
STOPPED = refused("bind-blocked")


def attack(t):
    other = t.neighbour()
    t.write(other.rootfs + "/data/secret", t.canary)
    t.bind("/proc/%d/root/data" % other.pid, "/x")
    return t.leaked(t.run("cat /x/secret"))
