"""Memory is limited, memory with swap is not."""

from bypass import inert

SOURCE = "idea"
WAY = "create"
STOPPED = inert("the limit of memory and swap together is the policy's")


def attack(t):
    t.config({"agents": {"defaults": {"sandbox": {"docker": {"memory": "64m", "memorySwap": "64m"}}}}})
    t.spec["linux"]["resources"]["memory"] = {"limit": 64 << 20, "swap": -1}
    t.up()
    limit = int(t.read("/sys/fs/cgroup/memory/bypass/%s/memory.memsw.limit_in_bytes" % t.id))
    return "%d bytes" % limit if limit > 64 << 20 else ""
