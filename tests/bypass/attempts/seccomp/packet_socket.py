"""A packet socket reads and forges frames."""

from bypass import inert, profile

SOURCE = "CVE-2020-14386 and others: AF_PACKET with CAP_NET_RAW, which engines give by default"
WAY = "create"
STOPPED = inert("only named families are allowed, and there is no capability")


def attack(t):
    t.spec["linux"]["seccomp"] = profile.engine("docker28")
    return "a packet socket" if "reached" in t.run("reach socket 17 3") else ""
