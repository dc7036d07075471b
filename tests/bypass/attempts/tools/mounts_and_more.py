"""The gateway's look at the mounts, with one word more."""

from bypass import refused

SOURCE = "idea"
WAY = "exec"
STOPPED = refused("tool")


def attack(t):
    t.agent(tools={"deny": ["exec"]})
    t.up()
    t.sh("echo root:x:0:0 >%s/etc/passwd" % t.rootfs)
    return "read" if "root:" in t.exec(["cat", "/proc/self/mountinfo", "/dev/stdin", "/etc/passwd"]) else ""
