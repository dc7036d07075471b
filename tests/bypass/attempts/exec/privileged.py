"""`docker exec --privileged`: capabilities that the container never had."""

from bypass import inert

SOURCE = "idea"
WAY = "exec"
STOPPED = inert("all five sets are emptied at every exec")


def attack(t):
    t.up()
    some = ["CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_NET_ADMIN", "CAP_DAC_READ_SEARCH"]
    text = t.exec("mount -t tmpfs none /srv && grep ' /srv ' /proc/mounts",
                  capabilities={s: some for s in ("bounding", "effective", "permitted", "inheritable")})
    return "mounted" if "/srv tmpfs" in text else ""
