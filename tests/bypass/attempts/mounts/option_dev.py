"""The option `dev` makes device nodes on a nodev mount of the host work again."""

import os
import stat

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("mount-option")


def attack(t):
    t.host_mount("tmpfs", "/mnt/nodev", "tmpfs", 4)
    os.mknod("/mnt/nodev/zero", stat.S_IFCHR | 0o666, os.makedev(1, 5))
    t.bind("/mnt/nodev", "/x", "rbind", "dev", "nosuid")
    return t.run("head -c 3 /x/zero | wc -c").strip() == "3"
