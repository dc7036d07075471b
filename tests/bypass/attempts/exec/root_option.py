"""`exec -u 0` without a process file."""

from bypass import refused

SOURCE = "idea"
WAY = "exec"
STOPPED = refused("exec-user")


def attack(t):
    t.plant("/mnt/host/data/only-root", 0o600)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.up()
    return t.leaked(t.call("exec", "-u", "0:0", t.id, "cat", "/x/only-root").text)
