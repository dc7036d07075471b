"""Without any rule nothing denies the devices."""

from bypass import inert

SOURCE = "idea"
WAY = "create"
BARE = {"runc": "runc denies all by itself"}
STOPPED = inert("a rule that denies all comes first")


def attack(t):
    t.spec["linux"]["resources"]["devices"] = []
    return "opened" in t.run("mknod /tmp/fuse c 10 229; : </tmp/fuse && echo opened")
