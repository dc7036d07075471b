"""A device is put into the container's network namespace between create and start, where nothing in its configuration shows it."""

import socket
import struct

from bypass import inert

SOURCE = "idea; Docker 28 and nerdctl attach networks then"
WAY = "race"
STOPPED = inert("at start every device but `lo` is taken away, and a packet filter lets nothing else through")

RTM_NEWLINK, IFLA_IFNAME, IFLA_LINKINFO, IFLA_NET_NS_PID, IFLA_INFO_KIND = 16, 3, 18, 19, 1


def attribute(kind, data):
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def add_veth(name, pid):
    """A pair of devices: one in the namespace of PID, and one here."""
    body = struct.pack("=BxHiII", 0, 0, 0, 0, 0) + attribute(IFLA_IFNAME, name.encode() + b"\0") + attribute(
        IFLA_NET_NS_PID, struct.pack("=I", pid)) + attribute(IFLA_LINKINFO, attribute(IFLA_INFO_KIND, b"veth"))
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0) as netlink:
        netlink.send(struct.pack("=IHHII", 16 + len(body), RTM_NEWLINK, 0x605, 1, 0) + body)  # REQUEST, ACK, CREATE, EXCL
        error = struct.unpack("=i", netlink.recv(4096)[16:20])[0]
    if error:
        raise OSError(-error, "add a veth")


def attack(t):
    t.create("cat /proc/net/dev")
    add_veth("eth7", t.pid)
    t.start()
    return "eth7" if "eth7" in t.ended() else ""
