"""A time namespace given by its path is another's, with another clock."""

from bypass import refused, world

SOURCE = "idea"
WAY = "create"
STOPPED = refused("namespace-join")
BARE = {"runc": "runc 1.1 knows no time namespaces"}


def attack(t):
    def set_clock():
        with open("/proc/self/timens_offsets", "w") as offsets:
            offsets.write("boottime 777000000 0")
    t.share("pid")  # crun 1.8.1 cannot make a process namespace and join one of time: its first process would not be process 1
    t.join("time", "/proc/%d/ns/time_for_children" % t.holder(world.CLONE_NEWTIME, set_clock))
    return "another clock" if t.run("cat /proc/uptime").startswith("777") else ""
