"""Docker makes a missing source of `-v` before it calls the runtime, where a link leads.

The empty directory that Docker has made stays: no runtime can prevent it. Nothing is written into it.
"""

import os
import shutil

from bypass import refused

SOURCE = "CVE-2026-27523"
WAY = "volume"
ENGINES = "docker"
STOPPED = refused("bind-blocked")


def attack(t):
    os.makedirs("/etc/" + t.id)
    os.symlink("/etc/" + t.id, t.host + "/link")
    try:
        t.run("-v", t.host + "/link/new:/x", command="echo %s >/x/file" % t.canary)
        return t.leaked(t.read("/etc/%s/new/file" % t.id))
    finally:
        shutil.rmtree("/etc/" + t.id)
