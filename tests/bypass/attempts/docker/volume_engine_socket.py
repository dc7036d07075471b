"""`-v /var/run/docker.sock` gives the engine, and with it the host."""

from bypass import refused

SOURCE = "openclaw#29974, CVE-2025-9074"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("bind-blocked")


def attack(t):
    return "socket" in t.run("-v", "/var/run/docker.sock:/x.sock", command="test -S /x.sock && echo socket")
