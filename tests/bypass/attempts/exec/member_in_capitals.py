"""A process file names `user` a second time, as `USER`: Go's parser takes it for the same."""

from bypass import refused

SOURCE = "idea: parsers disagree on names that differ by case"
WAY = "exec"
STOPPED = refused("json")
BARE = {"crun": "its parser compares exactly"}


def attack(t):
    t.plant("/mnt/host/data/only-root", 0o600)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.up()
    path = t.process("cat /x/only-root")
    t.write(path, t.read(path)[:-1] + ', "USER": {"uid": 0, "gid": 0}}')
    return t.leaked(t.call("exec", "--process", path, t.id).text)
