"""`--network host` gives the host's network."""

import os

from bypass import refused

SOURCE = "CVE-2020-15257, CVE-2026-27002 / GHSA-w235-x559-36mg"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("namespace-network")


def attack(t):
    return os.readlink("/proc/self/ns/net") == t.run("--network", "host", command="readlink /proc/self/ns/net").strip()
