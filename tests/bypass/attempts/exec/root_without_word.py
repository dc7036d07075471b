"""An exec without a process file in a container of an image without a user."""

from bypass import inert

SOURCE = "idea: what conmon-rs calls"
WAY = "exec"
STOPPED = inert("the process is the one that create hardened")


def attack(t):
    t.plant("/mnt/host/data/only-root", 0o600)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.up()
    return t.leaked(t.call("exec", t.id, "sh", "-c", "echo %s; cat /x/only-root" % t.nonce, check=False).text)
