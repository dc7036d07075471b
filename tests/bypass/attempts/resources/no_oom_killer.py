"""disableOOMKiller: at its limit a container hangs, and what waits for it hangs too."""

from bypass import inert

SOURCE = "idea"
WAY = "create"
STOPPED = inert("the member becomes false")


def attack(t):
    t.spec["linux"]["resources"]["memory"] = {"limit": 64 << 20, "disableOOMKiller": True}
    t.up()
    text = t.read("/sys/fs/cgroup/memory/bypass/%s/memory.oom_control" % t.id)
    return text if "oom_kill_disable 1" in text else ""
