"""A bind of ~/.ssh gives the keys."""

from bypass import refused

SOURCE = "CVE-2026-27002 / GHSA-w235-x559-36mg"
WAY = "create"
STOPPED = refused("bind-credential")


def attack(t):
    t.plant("/home/somebody/.ssh/id_ed25519")
    t.bind("/home/somebody/.ssh", "/x", "rbind", "ro")
    return t.leaked(t.run("cat /x/id_ed25519"))
