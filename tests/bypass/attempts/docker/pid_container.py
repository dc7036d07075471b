"""`--pid container:` shows another container's processes."""

from bypass import refused

SOURCE = "CVE-2026-32038 / GHSA-ww6v-v748-x7g9"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("namespace-pid")


def attack(t):
    other = t.neighbour(command=["tail", "-f", "/dev/null", "/dev/zero-" + t.canary])
    return t.leaked(t.run("--pid", "container:" + other, command="cat /proc/1/cmdline"))
