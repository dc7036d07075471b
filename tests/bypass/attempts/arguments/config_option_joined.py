"""The same in the short form, joined: `-f/PATH`."""

import json

from bypass import refused

SOURCE = "idea: crun(1)"
WAY = "arguments"
STOPPED = refused("argument")
BARE = {"runc": "runc has no such option"}


def attack(t):
    t.plant("/mnt/host/only-root", 0o600)
    t.lay("cat /x/only-root")
    t.bind("/mnt/host", "/x")
    other = t.write("/mnt/host/other.json", json.dumps(t.spec))
    t.create_by("create", "--bundle", t.bundle, "-f" + other, "--pid-file", t.pid_file, t.id)
    t.start()
    return t.leaked(t.ended())
