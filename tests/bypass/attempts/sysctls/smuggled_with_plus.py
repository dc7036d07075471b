"""The value of a harmless sysctl carries another one, behind a `+`."""

from bypass import refused

SOURCE = "CVE-2022-0811"
WAY = "create"
STOPPED = refused("sysctl")
BARE = "the flaw was in CRI-O's helper, which took `+` for a separator; the kernel takes no such value"


def attack(t):
    t.sysctl("kernel.shm_rmid_forced", "1+kernel.core_pattern=" + t.read("/proc/sys/kernel/core_pattern").strip())
    t.run("true")
    return "written"
