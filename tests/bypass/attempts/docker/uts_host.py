"""`--uts host` shares the host's name, which a privileged process could change."""

import os

from bypass import refused

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("namespace-uts")


def attack(t):
    return os.readlink("/proc/self/ns/uts") == t.run("--uts", "host", command="readlink /proc/self/ns/uts").strip()
