"""An update that takes the kernel's way out of memory from the container."""

from bypass import inert

SOURCE = "idea"
WAY = "update"
STOPPED = inert("the member becomes false")
BARE = {"runc": "its update takes no such member"}


def attack(t):
    t.up()
    t.update({"memory": {"limit": 64 << 20, "disableOOMKiller": True}})
    text = t.read("/sys/fs/cgroup/memory/bypass/%s/memory.oom_control" % t.id)
    t.exec("true")
    return text if "oom_kill_disable 1" in text else ""
