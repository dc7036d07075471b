"""A low-level runtime that gives one capability more than the configuration says."""

from bypass import attested

SOURCE = "CVE-2022-29162, CVE-2022-27650, CVE-2022-24769: capabilities that nobody asked for"
WAY = "race"
STOPPED = attested("CapPrm")


def attack(t):
    t.before_low("sed -E -i 's/\"(bounding|effective|permitted)\": ?\\[/&\"CAP_SYS_CHROOT\",/g; s/,\\]/]/g' %s/config.json" % t.bundle)
    for which in t.spec["process"]["capabilities"]:
        t.spec["process"]["capabilities"][which] = []
    held = t.run("grep CapEff /proc/self/status").split()[-1]
    return int(held, 16) and held
