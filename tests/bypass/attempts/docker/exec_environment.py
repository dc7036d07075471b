"""`docker exec -e LD_PRELOAD` loads a library of the agent's choice into every program."""

from bypass import inert

SOURCE = "CVE-2026-32003, CVE-2026-32056"
WAY = "exec"
ENGINES = "docker"
STOPPED = inert("variables of the loader and of shells are removed")


def attack(t):
    name = t.up("-u", "1000:1000")
    return "LD_PRELOAD=/tmp/x.so" in t.exec(name, "-e", "LD_PRELOAD=/tmp/x.so", command="cat /proc/1/environ /proc/self/environ 2>/dev/null | tr '\\0' '\\n'")
