"""An exec as uid 0 in a container whose user is not root."""

from bypass import refused

SOURCE = "idea: docker exec -u 0"
WAY = "exec"
STOPPED = refused("exec-user")


def attack(t):
    t.plant("/mnt/host/data/only-root", 0o600)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.up()
    return t.leaked(t.exec("cat /x/only-root", user={"uid": 0, "gid": 0}))
