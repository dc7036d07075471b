"""In a user namespace that maps uid 1000 to the host's 0, uid 1000 reads root's own files, without any capability."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("user-mapping")


def attack(t):
    t.sh("chmod 600 %s; chown -R 100000:100000 %s" % (t.secret, t.rootfs))
    t.bind("/mnt/host", "/x")
    t.spec["linux"]["namespaces"].append({"type": "user"})
    for name in ("uidMappings", "gidMappings"):
        t.spec["linux"][name] = [{"containerID": 0, "hostID": 100000, "size": 1000}, {"containerID": 1000, "hostID": 0, "size": 1}]
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    return t.leaked(t.run("cat /x/secret"))
