"""A vsock socket speaks to the hypervisor, past every network namespace."""

from bypass import inert, profile

SOURCE = "idea: AF_VSOCK has no namespaces; Docker 20's profile allows it"
WAY = "create"
STOPPED = inert("only named families are allowed")


def attack(t):
    t.spec["linux"]["seccomp"] = profile.engine("docker20")
    return "a vsock socket" if "reached" in t.run("reach socket 40 1") else ""
