"""`exec --preserve-fds` hands a descriptor of the host's to the process."""

from bypass import refused

SOURCE = "idea: as CVE-2024-21626, with the runtime's own option"
WAY = "exec"
STOPPED = refused("preserve-fds")


def attack(t):
    t.leak("/mnt")
    t.up()
    return t.leaked(t.call("exec", "--preserve-fds", "1", t.id, "cat", "/proc/self/fd/3/host/secret").text)
