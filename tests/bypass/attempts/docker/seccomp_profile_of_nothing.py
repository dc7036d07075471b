"""A seccomp profile of the caller's own that allows everything counts as a profile."""

import json

from bypass import inert

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = inert("the profile is narrowed: namespaces, mounts and other calls stay denied")


def attack(t):
    profile = t.write(t.host + "/profile.json", json.dumps({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
        {"names": ["syslog"], "action": "SCMP_ACT_ERRNO"}]}))
    return "new" in t.run("--security-opt", "seccomp=" + profile, command="unshare -U true && echo new")
