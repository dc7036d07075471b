"""The AppArmor profile `unconfined`."""

from bypass import lacks, refused

SOURCE = "CVE-2026-27002 / GHSA-w235-x559-36mg: `unconfined` injected through an agent's configuration"
WAY = "create"
STOPPED = refused("apparmor-unconfined")
BARE = lacks("/sys/kernel/security/apparmor/profiles", "AppArmor")


def attack(t):
    t.spec["process"]["apparmorProfile"] = "unconfined"
    text = t.run("cat /proc/self/attr/current")
    return text if "unconfined" in text else ""
