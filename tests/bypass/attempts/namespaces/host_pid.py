"""Without a process namespace of its own the container reads the command lines of the host's processes, and may end them."""

from bypass import refused

SOURCE = "CVE-2026-27002 / GHSA-w235-x559-36mg: namespaces through an agent's configuration"
WAY = "create"
STOPPED = refused("namespace-pid")


def attack(t):
    t.bystander()
    t.share("pid")
    return t.leaked(t.run("cat /proc/[0-9]*/cmdline"))
