"""run.oci.delegate-cgroup moves the container to another control group, with `..` to one without its limits."""

from bypass import inert

SOURCE = "idea: crun(1)"
WAY = "create"
STOPPED = inert("the annotation is removed")
BARE = {"runc": "runc reads no run.oci annotation", "crun": "crun ends with an error where control groups are of version 1"}


def attack(t):
    t.annotation("run.oci.delegate-cgroup", "../../outside")
    t.create("true")
    groups = t.read("/proc/%d/cgroup" % t.pid)
    t.start()
    t.ended()
    return "/outside" in groups
