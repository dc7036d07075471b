"""The rlimits of an exec are those of its process file, not the container's."""

from bypass import inert

SOURCE = "idea"
WAY = "exec"
STOPPED = inert("an rlimit is lowered to the policy's")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"ulimits": {"nofile": 256}}}}}})
    t.up()
    many = [{"type": "RLIMIT_NOFILE", "soft": 2000, "hard": 2000}]
    return "1000 open files" if "reached" in t.exec("reach descriptors 1000", rlimits=many) else ""
