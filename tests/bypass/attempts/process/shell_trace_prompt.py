"""PS4 is run by a shell that traces, and SHELLOPTS makes it trace."""

from bypass import inert

SOURCE = "CVE-2026-32056: SHELLOPTS and PS4"
WAY = "create"
STOPPED = inert("PS4 and SHELLOPTS are removed from the environment")


def attack(t):
    t.env("SHELLOPTS", "xtrace")
    t.env("PS4", "$(echo pla''nted >&2)")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}  # bash does not read PS4 for root
    return "the prompt ran" if "planted" in t.run("bash -c true") else ""
