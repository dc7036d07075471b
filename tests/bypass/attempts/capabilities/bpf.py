"""CAP_BPF makes maps and programs in the kernel."""

from bypass import refused

SOURCE = "idea: --cap-add BPF"
WAY = "create"
STOPPED = refused("capabilities")


def attack(t):
    t.cap("CAP_BPF")
    return "a map" if "reached" in t.run("reach bpf") else ""
