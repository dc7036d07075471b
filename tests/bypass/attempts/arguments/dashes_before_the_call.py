"""`--` stands before `create`, so that what looks for options and the call behind them takes all of it for something else."""

from bypass import refused

SOURCE = "idea"
WAY = "arguments"
STOPPED = refused("argument")


def attack(t):
    t.globals = ["--"]
    try:
        return t.run("id -u").strip() == "0" and "uid 0"
    finally:
        t.globals = []
