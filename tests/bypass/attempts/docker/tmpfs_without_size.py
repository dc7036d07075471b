"""`--tmpfs` without a size takes half of the host's memory."""

from bypass import inert

SOURCE = "openclaw#105466"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = inert("the tmpfs gets the policy's size")


def attack(t):
    size = [int(word) for word in t.run("--tmpfs", "/x", command="stat -f -c '%b %S' /x").split()]
    return "%d bytes" % (size[0] * size[1]) if size[0] * size[1] > 1 << 30 or size[0] == 0 else ""
