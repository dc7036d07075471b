"""A target below another bind is exchanged, by that one's owner, for a link to a place of the image that was looked at already."""

from bypass import inert

SOURCE = "CVE-2021-30465"
WAY = "race"
STOPPED = inert("x")


def attack(t):
    t.sh("mkdir -p /home/work/data/sub /home/work/more; echo %s > /home/work/more/passwd" % t.canary)
    t.bind("/home/work/data", "/x")
    t.bind("/home/work/more", "/x/sub")
    t.before_low("rmdir /home/work/data/sub; ln -s /etc /home/work/data/sub")
    return t.leaked(t.run("cat /etc/passwd"))
