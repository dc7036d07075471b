"""Without read-only paths the container writes to /proc/sys."""

from bypass import inert

SOURCE = "CVE-2025-52881"
WAY = "create"
STOPPED = inert("the list of read-only paths is completed")


def attack(t):
    t.keep_root()
    t.spec["linux"]["readonlyPaths"] = []
    return t.run("cd /proc/sys/net/ipv4; echo 61 >tcp_fin_timeout; cat tcp_fin_timeout").strip().endswith("61")
