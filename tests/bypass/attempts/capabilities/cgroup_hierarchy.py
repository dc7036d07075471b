"""CAP_SYS_ADMIN mounts the control groups themselves, writable, and the container lifts its own limit."""

from bypass import refused

SOURCE = "CVE-2022-0492's ingredient: a hierarchy of version 1 in the container (its release_agent is not to be seen from the tests' own namespace)"
WAY = "create"
STOPPED = refused("capabilities")


def attack(t):
    t.cap("CAP_SYS_ADMIN")
    t.spec["linux"]["resources"]["memory"] = {"limit": 64 << 20}
    text = t.run("mkdir /srv/g; mount -t cgroup -o memory cgroup /srv/g; cd /srv/g/bypass/%s && echo -1 >memory.limit_in_bytes; "
                 "reach eat 100" % t.id)
    return "100 MiB of 64" if "reached" in text else ""
