"""`--sysctl` sets a limit of the kernel that is not on the list."""

from bypass import refused

SOURCE = "CVE-2022-0811"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("sysctl")


def attack(t):
    return t.run("--sysctl", "kernel.msgmax=12345", command="cat /proc/sys/kernel/msgmax").strip() == "12345"
