"""A create with the id of a running container, under a looser policy, leaves that policy's record to the first one, whatever becomes of the second."""

from bypass import Failed, refused

SOURCE = "idea"
WAY = "state"
STOPPED = refused("state")


def attack(t):
    t.up()
    t.keep_root()
    t.spec["linux"]["cgroupsPath"] += "-2"
    try:
        t.create("true")
    except Failed:
        pass  # the low-level runtime: there is one already
    return t.exec("id -u", user={"uid": 0, "gid": 0}).strip() == "0" and "uid 0"
