"""`docker exec -u root` names the user as the image's own /etc/passwd knows it."""

from bypass import refused

SOURCE = "idea"
WAY = "exec"
ENGINES = "docker"
STOPPED = refused("exec-user")


def attack(t):
    name = t.up("-u", "1000:1000")
    return t.exec(name, "-u", "root", command="id -u").strip() == "0"
