"""A bind of the directory of all workspaces shows those of other agents."""

from bypass import refused

SOURCE = "sbx-releases#506"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    t.plant("/var/lib/closedclaw/sandboxes/%s/notes" % t.id)
    t.bind("/var/lib/closedclaw/sandboxes", "/x")
    return t.leaked(t.run("cat /x/%s/notes" % t.id))
