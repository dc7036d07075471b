"""The largest weight for the disk: whatever else runs on the host waits."""

from bypass import Failed, inert, lacks

SOURCE = "idea: docker run --blkio-weight"
WAY = "create"
STOPPED = inert("the weight is at most that of a group that nobody gave one")
BARE = {"runc": lacks("/sys/fs/cgroup/blkio/blkio.bfq.io_serviced", "bfq (CONFIG_BFQ_GROUP_IOSCHED)"),
        "crun": "1.8.1 only knows an older file, which is gone from the kernel"}


def attack(t):
    t.spec["linux"]["resources"]["blockIO"] = {"weight": 1000}
    try:
        t.up()
    except Failed:  # the older file
        del t.spec["linux"]["resources"]["blockIO"]
        t.up()
    weight = t.read("/sys/fs/cgroup/blkio/bypass/%s/blkio.bfq.weight" % t.id).strip()
    return "weight " + weight if int(weight or 0) > 100 else ""
