"""Without a mount namespace the container's mounts are made on the host, and its program may run among the host's files."""

from bypass import refused, world

SOURCE = "idea"
WAY = "create"
STOPPED = refused("namespace-mount")


def attack(t):
    t.share("mount")
    t.mount("tmpfs", t.id, "/x")
    t.spec["linux"]["maskedPaths"] = t.spec["linux"]["readonlyPaths"] = []
    found = t.leaked(t.run("cat " + t.secret))
    return found or [line for line in world.mounts() if " %s " % t.id in line]
