"""perf_event_open counts what the processor does, and has had its flaws."""

from bypass import inert, profile

SOURCE = "idea: CVE-2013-2094 and others"
WAY = "create"
STOPPED = inert("perf_event_open is not allowed")


def attack(t):
    t.spec["linux"]["seccomp"] = profile.all_but()
    return "a counter" if "reached" in t.run("reach perf") else ""
