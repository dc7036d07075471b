"""A bind of a file: the file is exchanged for another one."""

from bypass import inert

SOURCE = "idea"
WAY = "race"
STOPPED = inert("what is mounted is a copy of the mount that was looked at, by its descriptor")


def attack(t):
    t.keep_root()
    t.write("/home/work/file", "harmless\n")
    t.plant("/root/secret", 0o600)
    t.bind("/home/work/file", "/x")
    t.before_low("mv /home/work/file /home/work/old; ln -s /root/secret /home/work/file")
    return t.leaked(t.run("cat /x"))
