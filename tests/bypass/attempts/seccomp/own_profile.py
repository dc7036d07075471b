"""`--security-opt seccomp=FILE` with a profile that allows everything."""

from bypass import inert

SOURCE = "CVE-2026-27002 / GHSA-w235-x559-36mg: `unconfined` injected through an agent's configuration; here under another name"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = inert("any profile is narrowed by the built-in one")


def attack(t):
    path = t.write(t.host + "/all.json", '{"defaultAction": "SCMP_ACT_ALLOW"}')
    return "a user namespace with mounts" if "reached" in t.run("--security-opt", "seccomp=" + path, command="reach userns") else ""
