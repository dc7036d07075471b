"""`--oom-score-adj -1000` makes the kernel kill others first when memory runs out."""

from bypass import inert, needs

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
BARE = needs("CAP_SYS_RESOURCE")
STOPPED = inert("a value below the engine's own is not taken")


def attack(t):
    return t.run("--oom-score-adj", "-1000", command="cat /proc/self/oom_score_adj").strip() == "-1000"
