"""A bind of a gateway's state directory gives its tokens and the sessions of all agents."""

from bypass import refused

SOURCE = "CVE-2026-25253: a stolen gateway token turns sandboxes off"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    t.plant("/srv/gateway/.openclaw/openclaw.json")
    t.bind("/srv/gateway/.openclaw", "/x", "rbind", "ro")
    return t.leaked(t.run("cat /x/openclaw.json"))
