"""`--shm-size` takes as much of the host's memory as it says."""

from bypass import inert

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = inert("the size is never above the policy's")


def attack(t):
    size = [int(word) for word in t.run("--shm-size", "40g", command="stat -f -c '%b %S' /dev/shm").split()]
    return "%d bytes" % (size[0] * size[1]) if size[0] * size[1] > 1 << 30 else ""
