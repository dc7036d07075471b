"""`--security-opt seccomp=unconfined` allows every system call."""

from bypass import refused

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("seccomp-unconfined")


def attack(t):
    return "Seccomp:\t0" in t.run("--security-opt", "seccomp=unconfined", command="cat /proc/self/status")
