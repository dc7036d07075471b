"""`--security-opt seccomp=unconfined`: no filter at all."""

from bypass import refused

SOURCE = "CVE-2026-27002 / GHSA-w235-x559-36mg: `unconfined` injected through an agent's configuration"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("seccomp-unconfined")


def attack(t):
    return "a user namespace with mounts" if "reached" in t.run("--security-opt", "seccomp=unconfined", command="reach userns") else ""
