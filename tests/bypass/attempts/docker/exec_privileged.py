"""`docker exec --privileged` gives a running container every capability."""

from bypass import inert, needs

SOURCE = "idea"
WAY = "exec"
ENGINES = "docker"
BARE = needs("CAP_SYS_RESOURCE")
STOPPED = inert("a process of exec gets no capability")


def attack(t):
    status = t.exec(t.up(), "--privileged", command="cat /proc/self/status")
    effective = [line.split()[1] for line in status.splitlines() if line.startswith("CapEff:")][0]
    return "CAP_SYS_ADMIN" if int(effective, 16) >> 21 & 1 else ""
