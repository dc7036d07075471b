"""Another execution domain changes what the kernel shows to the container."""

from bypass import refused

SOURCE = "idea: linux.personality"
WAY = "create"
STOPPED = refused("personality")
BARE = {"runc": "1.1.5 does not know it"}


def attack(t):
    t.spec["linux"]["personality"] = {"domain": "LINUX32"}
    return "i686" if "i686" in t.run("uname -m") else ""
