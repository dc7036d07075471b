"""The tun device, which containerd allows by default, reaches the network stack of the kernel."""

from bypass import inert

SOURCE = "idea"
WAY = "create"
STOPPED = inert("the rule is taken away, and there is no CAP_MKNOD")


def attack(t):
    t.spec["linux"]["resources"]["devices"].append({"allow": True, "type": "c", "major": 10, "minor": 200, "access": "rwm"})
    return "made" in t.run("mknod /tmp/tun c 10 200 && echo made")
