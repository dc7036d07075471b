"""exec names the runtime's directory by a link, under which there is no record of what the container is held to."""

from bypass import refused

SOURCE = "idea"
WAY = "arguments"
STOPPED = refused("state")


def attack(t):
    t.up()
    t.sh("ln -s /run/bare /mnt/host/link")
    t.globals = ["--root", "/mnt/host/link"]
    try:
        return t.exec("id -u", user={"uid": 0, "gid": 0}).strip() == "0" and "uid 0"
    finally:
        t.globals = []
