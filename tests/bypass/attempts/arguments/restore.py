"""`restore` makes a container from a checkpoint, whose capabilities, filter and mounts are those that the checkpoint has."""

from bypass import refused

SOURCE = "CVE-2026-95837, CVE-2026-53492"
WAY = "arguments"
STOPPED = refused("restore")
BARE = "there is no CRIU on the test machine"


def attack(t):
    t.lay("id -u")
    t.create_by("restore", "--bundle", t.bundle, "--image-path", "/mnt/host/image", "--detach", "--pid-file", t.pid_file, t.id)
    return "restored"
