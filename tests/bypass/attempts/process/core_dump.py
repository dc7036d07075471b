"""A program that crashes writes its memory where the host's core_pattern says, which may be a bind."""

from bypass import inert

SOURCE = "idea: RLIMIT_CORE; a core of a program with secrets, or a full disk"
WAY = "create"
STOPPED = inert("RLIMIT_CORE is 0")


def attack(t):
    t.spec["process"]["rlimits"] = [{"type": "RLIMIT_CORE", "soft": 1 << 30, "hard": 1 << 30}]
    return "core dumps of a gigabyte" if "2097152" in t.run("ulimit -c") else ""
