"""A tmpfs with `size=0` has no limit at all."""

from bypass import inert

SOURCE = "idea: disk and memory exhaustion, openclaw#105466"
WAY = "create"
STOPPED = inert("every tmpfs gets a size in bytes that is never above the policy's")


def attack(t):
    t.mount("tmpfs", "tmpfs", "/x", "mode=1777", "size=0")
    size = t.run("stat -f -c '%b %S' /x").split()
    size = int(size[0]) * int(size[1])
    return "%d bytes, 0 is without limit" % size if size == 0 or size > 1 << 30 else ""
