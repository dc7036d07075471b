"""NOTIFY_SOCKET in the runtime's environment mounts the service manager's socket into the container."""

import socket

from bypass import inert

SOURCE = "idea: sd_notify(3)"
WAY = "arguments"
STOPPED = inert("the low-level runtime does not get the variable")


def attack(t):
    server = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    server.bind("/mnt/host/notify")
    t.around = ["env", "NOTIFY_SOCKET=/mnt/host/notify"]
    t.create('ls -d "${NOTIFY_SOCKET%/*}" 2>/dev/null')
    t.around = []  # or runc's start waits for a word of the container's
    t.start()
    return t.ended().strip()
