"""The value of a global option is the name of a call that passes untouched, `state`, so that `create` looks like its argument."""

from bypass import inert

SOURCE = "idea"
WAY = "arguments"
STOPPED = inert("options are read with their values, by the tables of both low-level runtimes: the call is a create")


def attack(t):
    t.around = ["sh", "-c", 'cd /mnt/host && exec "$@"', "sh"]
    t.globals = ["--log", "state"]
    return t.run("id -u").strip() == "0" and "uid 0"
