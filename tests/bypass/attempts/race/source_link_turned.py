"""A bind's source is a link to a harmless directory, and is turned to another one."""

from bypass import inert

SOURCE = "idea"
WAY = "race"
STOPPED = inert("the link is followed once, and what it led to then is mounted")


def attack(t):
    t.keep_root()
    t.sh("mkdir -p /home/work/data; ln -s data /home/work/current")
    t.plant("/root/secret", 0o600)
    t.bind("/home/work/current", "/x")
    t.before_low("ln -sfn /root /home/work/current")
    return t.leaked(t.run("cat /x/secret"))
