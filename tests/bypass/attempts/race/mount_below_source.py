"""Something is mounted below a bind's source after the look at it, and comes along with `rbind`."""

import os

from bypass import inert

SOURCE = "idea"
WAY = "race"
STOPPED = inert("the copy has the mounts that were looked at, and `rprivate` keeps later ones out")


def attack(t):
    t.keep_root()
    t.sh("mkdir -p /home/work/data/below")
    t.plant("/root/secret", 0o600)
    t.bind("/home/work/data", "/x")
    # from the namespace of the host, where whoever may mount is, and not from the one that the sources are copied in
    t.before_low("nsenter -t %d -m mount --bind /root /home/work/data/below" % os.getpid())
    t.own_mounts.append("/home/work/data/below")
    return t.leaked(t.run("cat /x/below/secret"))
