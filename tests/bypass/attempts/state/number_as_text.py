"""The user is written as text, "1000": crun passes over what is no number, and takes 0."""

from bypass import refused

SOURCE = "idea; CVE-2026-30892: a user that was read wrongly"
WAY = "create"
STOPPED = refused("config")
BARE = {"runc": "Go's parser refuses it"}


def attack(t):
    t.spec["process"]["user"] = {"uid": "1000", "gid": "1000"}
    return t.run("id -u").strip() == "0" and "uid 0"
