"""A bind's source is exchanged for another directory between the look at it and the mount."""

from bypass import inert

SOURCE = "CVE-2026-32977, CVE-2024-0132, CVE-2026-41567: what is looked at is not what is used"
WAY = "race"
STOPPED = inert("what is mounted is a copy of the mount that was looked at, by its descriptor")


def attack(t):
    t.sh("mkdir -p /home/work/data /home/work/secret")
    t.plant("/home/work/secret/file")
    t.bind("/home/work/data", "/x")
    t.before_low("mv /home/work/data /home/work/old; mv /home/work/secret /home/work/data")
    return t.leaked(t.run("cat /x/file"))
