"""A proc file system that is mounted elsewhere on the host shows the same processes as /proc."""

import subprocess

from bypass import refused

SOURCE = "idea: file systems of the kernel under another name"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    victim = subprocess.Popen(["tail", "-f", t.write("/mnt/" + t.canary, "")])
    t.host_mount("proc", "/mnt/p", "proc")
    t.bind("/mnt/p", "/x")
    return t.leaked(t.run("cat /x/%d/cmdline" % victim.pid))
