"""A bind of /etc shows the host's configuration and password hashes to the container."""

from bypass import refused

SOURCE = "CVE-2026-27002 / GHSA-w235-x559-36mg: binds injected through an agent's configuration"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/shadow-" + t.id)
    t.bind("/etc", "/x", "rbind", "ro")
    return t.leaked(t.run("cat /x/" + secret[len("/etc/"):]))
