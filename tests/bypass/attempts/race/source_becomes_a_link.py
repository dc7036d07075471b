"""A bind's source is exchanged for a link to root's own files."""

from bypass import inert

SOURCE = "CVE-2026-32977, CVE-2024-0132: what is looked at is not what is used"
WAY = "race"
STOPPED = inert("what is mounted is a copy of the mount that was looked at, by its descriptor")


def attack(t):
    t.keep_root()
    t.sh("mkdir -p /home/work/data")
    t.plant("/root/secret", 0o600)
    t.bind("/home/work/data", "/x")
    t.before_low("mv /home/work/data /home/work/old; ln -s /root /home/work/data")
    return t.leaked(t.run("cat /x/secret"))
