"""A mapping of a whole range that begins at the host's id 0 gives the container every user of the host."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("user-mapping")


def attack(t):
    t.sh("chmod 600 " + t.secret)
    t.bind("/mnt/host", "/x")
    t.spec["linux"]["namespaces"].append({"type": "user"})
    for name in ("uidMappings", "gidMappings"):
        t.spec["linux"][name] = [{"containerID": 0, "hostID": 0, "size": 65536}]
    return t.leaked(t.run("cat /x/secret"))
