"""kernel.core_pattern is a program that the kernel runs as root on the host whenever something crashes."""

from bypass import refused

SOURCE = "CVE-2022-0811: what it set"
WAY = "create"
STOPPED = refused("sysctl")
BARE = "runc and crun refuse sysctls that belong to no namespace"


def attack(t):
    # the value that is there: it is the only kernel
    t.sysctl("kernel.core_pattern", t.read("/proc/sys/kernel/core_pattern").strip())
    t.run("true")
    return "written"
