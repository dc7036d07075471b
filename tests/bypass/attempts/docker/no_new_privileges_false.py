"""`--security-opt no-new-privileges=false` keeps set-user-id programs working."""

from bypass import inert

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = inert("no_new_privs is set all the same")


def attack(t):
    return "NoNewPrivs:\t0" in t.run("--security-opt", "no-new-privileges=false", "-u", "1000", command="cat /proc/self/status")
