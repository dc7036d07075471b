"""`exec --cgroup` places the process where the container's limits do not hold."""

from bypass import refused

SOURCE = "idea"
WAY = "exec"
STOPPED = refused("cgroup-path")
BARE = {"runc": "it looks that the group is below the container's"}


def attack(t):
    t.up()
    result = t.call("exec", "--cgroup", "..", t.id, "cat", "/proc/self/cgroup")
    return "" if t.id in result.text else result.text
