"""`create --preserve-fds` hands the engine's descriptors to the container, here one of a directory of the host."""

from bypass import refused

SOURCE = "CVE-2024-21626: what it leaked"
WAY = "arguments"
STOPPED = refused("preserve-fds")


def attack(t):
    t.leak("/mnt")
    return t.leaked(t.run("cat /proc/self/fd/3/host/secret", "--preserve-fds", "1"))
