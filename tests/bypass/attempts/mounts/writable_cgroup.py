"""With a writable control group mount the container lifts its own limits."""

from bypass import inert

SOURCE = "CVE-2023-25809, CVE-2022-0492"
WAY = "create"
STOPPED = inert("the control groups are mounted read-only")


def attack(t):
    t.keep_root()
    for entry in t.spec["mounts"]:
        if entry["type"] == "cgroup":
            entry["options"].remove("ro")
    t.spec["linux"]["resources"]["pids"] = {"limit": 50}
    return t.run("echo 5000 >/sys/fs/cgroup/pids/pids.max; cat /sys/fs/cgroup/pids/pids.max").strip() == "5000"
