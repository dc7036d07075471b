"""A bind of the host's /proc shows every process of the host with its arguments."""

import subprocess

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    victim = subprocess.Popen(["tail", "-f", t.write("/mnt/" + t.canary, "")])
    t.bind("/proc", "/x")
    return t.leaked(t.run("cat /x/%d/cmdline" % victim.pid))
