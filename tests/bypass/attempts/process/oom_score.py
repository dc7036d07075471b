"""With an oomScoreAdj of -1000 the kernel ends other programs of the host instead of the container."""

from bypass import inert, needs

SOURCE = "idea"
WAY = "create"
BARE = needs("CAP_SYS_RESOURCE")
STOPPED = inert("a negative one becomes 0")


def attack(t):
    t.spec["process"]["oomScoreAdj"] = -1000
    return "-1000" if "-1000" in t.run("cat /proc/self/oom_score_adj") else ""
