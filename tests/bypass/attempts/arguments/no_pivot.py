"""--no-pivot leaves the host's tree mounted beneath the container's, and unmounting that shows it."""

from bypass import refused

SOURCE = "idea: runc's msMoveRoot; Docker's DOCKER_RAMDISK asks for it"
WAY = "arguments"
STOPPED = refused("no-pivot")


def attack(t):
    t.cap("CAP_SYS_ADMIN", "CAP_SYS_CHROOT")
    return t.leaked(t.run("reach beneath " + t.secret, "--no-pivot"))
