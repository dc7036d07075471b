"""LISTEN_FDS in the runtime's environment (systemd's socket activation) keeps descriptors open."""

from bypass import inert

SOURCE = "idea: runc and crun read it of their own environment"
WAY = "create"
STOPPED = inert("the low-level runtime gets neither the variables nor the descriptor")


def attack(t):
    t.around = ["sh", "-c", 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 3<"$0"', "/mnt"]
    return t.leaked(t.run("cat /proc/self/fd/3/host/secret"))
