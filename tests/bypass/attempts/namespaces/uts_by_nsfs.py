"""A namespace that was bind mounted to a file (nsfs) is given by that file's path."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("namespace-uts")


def attack(t):
    other = t.neighbour(edit=lambda box: box.spec.update(hostname=t.id))
    t.host_bind("/proc/%d/ns/uts" % other.pid, "/mnt/host/uts")
    t.join("uts", "/mnt/host/uts")
    del t.spec["hostname"]
    return t.id if t.id in t.run("hostname") else ""
