"""An image without a user runs as root, which reads whatever of the host's is mounted."""

from bypass import inert

SOURCE = "idea: engines run an image's root as the host's"
WAY = "image content"
STOPPED = inert("root becomes a user of its own, without capabilities")


def attack(t):
    t.plant("/mnt/host/data/only-root", 0o600)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    return t.leaked(t.run("cat /x/only-root"))
