"""The right to make device nodes, which some engines give by default, prepares a node for a program with more rights."""

from bypass import inert

SOURCE = "idea"
WAY = "create"
STOPPED = inert("there is no CAP_MKNOD, and the rule is taken away")


def attack(t):
    t.spec["linux"]["resources"]["devices"].append({"allow": True, "type": "b", "access": "m"})
    return t.run("mknod /tmp/disk b 254 0; ls /tmp").strip() == "disk"
