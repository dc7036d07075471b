"""`--pid host` shows every process of the host."""

import subprocess

from bypass import refused

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("namespace-pid")


def attack(t):
    victim = subprocess.Popen(["tail", "-f", t.write("%s/%s" % (t.host, t.canary), "")])
    try:
        return t.leaked(t.run("--pid", "host", command="cat /proc/%d/cmdline" % victim.pid))
    finally:
        victim.kill()
        victim.wait()
