"""An SELinux type under which everything is allowed."""

from bypass import lacks, refused

SOURCE = "idea: --security-opt label=type:spc_t"
WAY = "create"
STOPPED = refused("selinux-label")
BARE = lacks("/sys/fs/selinux/enforce", "SELinux")


def attack(t):
    t.spec["process"]["selinuxLabel"] = "system_u:system_r:spc_t:s0"
    text = t.run("cat /proc/self/attr/current")
    return text if "spc_t" in text else ""
