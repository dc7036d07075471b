"""A low-level runtime that takes the container's user for root."""

from bypass import attested

SOURCE = "CVE-2024-40635, CVE-2026-30892: users that were read wrongly"
WAY = "race"
STOPPED = attested("user of its process: it is 0")


def attack(t):
    t.before_low("sed -E -i 's/\"uid\": ?[0-9]+/\"uid\":0/' %s/config.json" % t.bundle)
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    return t.run("id -u").strip() == "0" and "uid 0"
