"""`--cap-add SYS_PTRACE` lets the container read what other programs have in memory."""

from bypass import refused

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("capabilities")


def attack(t):
    return "CapEff:\t00000000a80c25fb" in t.run("--cap-add", "SYS_PTRACE", command="cat /proc/self/status")
