"""/proc/self/cwd means another directory to the process that mounts than to the one that checks.

The call's own directory is /, which has no such file: runc's process is in the new root filesystem by then, crun's in the bundle.
"""

from bypass import refused

SOURCE = "idea: links of /proc"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    t.plant(t.bundle + "/secret")
    t.write(t.rootfs + "/secret", t.canary)
    t.bind("/proc/self/cwd", "/x")
    return t.leaked(t.run("cat /x/secret"))
