"""`--ipc host` gives the shared memory of the host's programs."""

import os

from bypass import refused

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("namespace-ipc")


def attack(t):
    return os.readlink("/proc/self/ns/ipc") == t.run("--ipc", "host", command="readlink /proc/self/ns/ipc").strip()
