"""`--cap-add ALL` gives every capability."""

from bypass import needs, refused

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
BARE = needs("CAP_SYS_RESOURCE")
STOPPED = refused("capabilities")


def attack(t):
    status = t.run("--cap-add", "ALL", command="cat /proc/self/status")
    effective = [line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")][0]
    return "CAP_SYS_ADMIN" if int(effective, 16) >> 21 & 1 else ""
