"""The loader's variables in the environment of the call make the low-level runtime write files as root, or load a library."""

import glob

from bypass import inert

SOURCE = "idea: ld.so(8)"
WAY = "arguments"
STOPPED = inert("closedclaw is a static program, and the low-level runtime that makes a container does not get the variables")


def attack(t):
    t.around = ["env", "LD_DEBUG=libs", "LD_DEBUG_OUTPUT=/mnt/host/written"]
    t.create("true")
    t.around = []
    t.start()
    t.ended()
    return glob.glob("/mnt/host/written*")
