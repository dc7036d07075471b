"""`--security-opt systempaths=unconfined` uncovers /proc."""

from bypass import inert

SOURCE = "idea"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = inert("the lists of masked and read-only paths are completed")


def attack(t):
    return "jiffies" in t.run("--security-opt", "systempaths=unconfined", command="cat /proc/timer_list")
