"""`docker exec -u 0` runs as root in a container whose user is not."""

from bypass import refused

SOURCE = "idea"
WAY = "exec"
ENGINES = "docker"
STOPPED = refused("exec-user")


def attack(t):
    name = t.up("-u", "1000:1000")
    return t.exec(name, "-u", "0", command="id -u").strip() == "0"
