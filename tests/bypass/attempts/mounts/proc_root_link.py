"""/proc/PID/root is another name for the root of the host."""

from bypass import refused

SOURCE = "idea: links of /proc"
WAY = "create"
BARE = "the kernel binds nothing from another mount namespace, and the low-level runtimes mount in a new one"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    t.bind("/proc/1/root/etc", "/x")
    return t.leaked(t.run("cat /x" + secret[len("/etc"):]))
