"""Several options in one word pass a check that looks at words."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("mount-option")


def attack(t):
    t.mount("tmpfs", "tmpfs", "/x", "mode=1777,size=0")
    return t.run("stat -f -c '%b' /x").strip() == "0"  # without limit
