"""/proc/self/ns/pid names the namespace of the runtime itself, which is the host's."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("namespace-pid")


def attack(t):
    t.bystander()
    t.join("pid", "/proc/self/ns/pid")
    return t.leaked(t.run("cat /proc/[0-9]*/cmdline"))
