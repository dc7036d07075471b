"""A profile leaves calls to a tracer, which a program of the container can be."""

from bypass import inert, profile

SOURCE = "idea: SCMP_ACT_TRACE is no denial (seccomp(2))"
WAY = "create"
STOPPED = inert("what the built-in profile denies is denied, whatever another leaves open")


def attack(t):
    t.spec["linux"]["seccomp"] = profile.all_but(profile.rule("unshare mount", "TRACE"))
    return "a user namespace with mounts" if "reached" in t.run("reach traced /probe/reach userns") else ""
