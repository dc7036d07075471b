"""crun's `copy-symlink` puts a link of the host into the container instead of what was judged."""

import os

from bypass import refused

SOURCE = "idea"
WAY = "create"
BARE = "only crun newer than the tested 1.8.1 knows the option"
STOPPED = refused("mount-option")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    os.symlink(secret, t.host + "/link")
    t.bind(t.host + "/link", "/x", "bind", "copy-symlink")
    return t.run("readlink /x").strip() == secret
