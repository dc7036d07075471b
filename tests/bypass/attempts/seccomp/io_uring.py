"""io_uring opens sockets without socket(2), and no filter sees it."""

from bypass import inert, profile

SOURCE = "kernel-facts: Docker 20's profile allows it; many kernel flaws (CVE-2023-2598, CVE-2024-0582) are reached by it"
WAY = "create"
STOPPED = inert("io_uring is not allowed")


def attack(t):
    t.spec["linux"]["seccomp"] = profile.engine("docker20")
    return "a netlink socket" if "reached" in t.run("reach socket 16 3 uring") else ""
