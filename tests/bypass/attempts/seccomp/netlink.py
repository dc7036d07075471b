"""Netlink sockets reach a large part of the kernel, such as netfilter's rules."""

from bypass import inert, profile

SOURCE = "CVE-2024-1086 and others: nf_tables by netlink"
WAY = "create"
STOPPED = inert("netlink is not allowed where there is no network")


def attack(t):
    t.spec["linux"]["seccomp"] = profile.engine("docker28")
    return "a netlink socket" if "reached" in t.run("reach socket 16 3") else ""
