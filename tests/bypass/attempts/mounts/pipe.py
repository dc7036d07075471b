"""A named pipe of the host carries data between the container and a process outside."""

import os
import subprocess

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-type")


def attack(t):
    os.mkfifo(t.host + "/pipe")
    feeder = subprocess.Popen(["sh", "-c", "echo %s >%s/pipe" % (t.canary, t.host)])
    t.bind(t.host + "/pipe", "/x")
    return t.leaked(t.run("cat /x"))
