"""A second proc file system elsewhere is not covered by the masked and read-only paths."""

from bypass import refused

SOURCE = "CVE-2025-52881: writes to procfs that were redirected"
WAY = "create"
STOPPED = refused("mount-target")


def attack(t):
    t.keep_root()
    t.mount("proc", "proc", "/x")
    return "writable" in t.run("test -w /x/sys/kernel/core_pattern && echo writable")
