"""`--network container:` gives another container's network."""

from bypass import refused

SOURCE = "CVE-2026-32038 / GHSA-ww6v-v748-x7g9"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("namespace-network")


def attack(t):
    other = t.neighbour()
    theirs = t.exec(other, command="readlink /proc/self/ns/net").strip()
    return t.run("--network", "container:" + other, command="readlink /proc/self/ns/net").strip() == theirs
