"""A bind at / takes the place of the whole root filesystem."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
BARE = {"crun": "crun 1.8.1 fails at such a mount"}
STOPPED = refused("bind-target")


def attack(t):
    t.bind(t.rootfs, "/")
    t.write(t.rootfs + "/secret", t.canary)
    return t.leaked(t.run("cat /secret"))
