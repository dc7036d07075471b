"""`--cap-add SYS_ADMIN` allows mounts, and with them nearly everything."""

from bypass import refused

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("capabilities")


def attack(t):
    return "mounted" in t.run("--cap-add", "SYS_ADMIN", command="mount -t tmpfs none /tmp && echo mounted")
