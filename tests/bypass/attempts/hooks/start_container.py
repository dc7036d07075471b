"""A startContainer hook runs a program of the image before the one that was asked for, and nobody who reads what runs there sees it."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("hook")


def attack(t):
    t.write(t.rootfs + "/hook", "#!/bin/sh\nread line\necho %s > /tmp/hooked\n" % t.canary, 0o755)
    t.hook("startContainer", "/hook")
    return t.leaked(t.run("cat /tmp/hooked"))
