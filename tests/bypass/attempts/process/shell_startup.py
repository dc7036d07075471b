"""ENV names a file that a shell runs when it starts: the operator's `docker exec -it … sh` runs the agent's commands."""

from bypass import inert

SOURCE = "CVE-2026-32003: variables that make a shell run something"
WAY = "create"
STOPPED = inert("ENV is removed from the environment")


def attack(t):
    t.write("/mnt/host/data/rc", "echo planted\n")
    t.bind("/mnt/host/data", "/x")
    t.env("ENV", "/x/rc")
    return "the file ran" if "planted" in t.run("sh -i -c true") else ""
