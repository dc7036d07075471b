"""The process file of an exec has capabilities again, as every engine writes it."""

from bypass import inert

SOURCE = "idea: engines build it from their own specification (engines.md 0.1 of the design notes)"
WAY = "exec"
STOPPED = inert("all five sets are emptied at every exec")


def attack(t):
    t.up()
    text = t.exec("grep -E '^Cap(Prm|Eff|Bnd)' /proc/self/status")
    return "" if text.split()[1::2] == ["0" * 16] * 3 else text
