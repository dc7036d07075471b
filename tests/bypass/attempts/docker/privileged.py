"""`docker run --privileged` gives every capability and every device."""

from bypass import needs, refused

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
BARE = needs("CAP_SYS_RESOURCE")
STOPPED = refused("privileged")


def attack(t):
    return "kmsg" in t.run("--privileged", command="ls /dev").split()
