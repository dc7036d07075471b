"""A node of the host's disk is made in the container."""

from bypass import refused

SOURCE = "idea: `--device /dev/sda`"
WAY = "create"
STOPPED = refused("device")


def attack(t):
    with open("/proc/partitions") as table:
        major, minor = [line.split()[:2] for line in table if line.split() and line.split()[0].isdigit()][0]
    disk = {"type": "b", "major": int(major), "minor": int(minor)}
    t.spec["linux"]["devices"] = [dict(disk, path="/dev/disk", fileMode=0o600)]
    t.spec["linux"]["resources"]["devices"].append(dict(disk, allow=True, access="rwm"))
    return "disk" in t.run("test -b /dev/disk && echo disk")
