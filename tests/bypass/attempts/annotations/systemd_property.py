"""org.systemd.property sets any property of the container's systemd scope, which a low-level runtime hands on unread."""

from bypass import inert

SOURCE = "idea: runc's docs/systemd.md; crun(1)"
WAY = "create"
STOPPED = inert("the annotation is removed before the low-level runtime sees it; Podman's own two stay, when they are numbers")


def attack(t):
    # there is no systemd to ask here: that it gets as far as the low-level runtime has to do
    t.annotation("org.systemd.property.DeviceAllow", "[('/dev/kmsg', 'rwm')]")
    t.annotation("org.systemd.property.TimeoutStopUSec", "uint64 1), ('Slice', 'system.slice'")
    t.create("true")
    seen = t.read(t.bundle + "/config.json")
    t.start()
    t.ended()
    return [word for word in ("/dev/kmsg", "system.slice") if word in seen]
