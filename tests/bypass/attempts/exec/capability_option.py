"""`exec --cap` asks for a capability on the command line."""

from bypass import inert

SOURCE = "CVE-2022-29162: runc exec --cap; CVE-2022-27650: crun exec --cap"
WAY = "exec"
STOPPED = inert("the option is not handed on, and all five sets are emptied")


def attack(t):
    t.up()
    return "mounted" if "/srv tmpfs" in t.call("exec", "--cap", "CAP_SYS_ADMIN", t.id, "sh", "-c",
                                              "mount -t tmpfs none /srv; cat /proc/mounts", check=False).text else ""
