"""A bind of a file: an engine's socket is put in its place."""

import socket

from bypass import inert

SOURCE = "idea"
WAY = "race"
STOPPED = inert("what is mounted is a copy of the mount that was looked at, by its descriptor")


def attack(t):
    t.write("/home/work/file", "harmless\n")
    t.speak("/run/engine.sock", socket.AF_UNIX)
    t.bind("/home/work/file", "/x")
    t.before_low("mv /home/work/file /home/work/old; ln -s /run/engine.sock /home/work/file")
    return t.run("test -S /x && echo there").strip()
