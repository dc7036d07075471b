"""A function in the environment replaces a program by its name."""

from bypass import inert

SOURCE = "idea: bash imports functions from BASH_FUNC_* (CVE-2014-6271 came from there)"
WAY = "create"
STOPPED = inert("BASH_FUNC_* is removed from the environment")


def attack(t):
    t.env("BASH_FUNC_ls%%", "() { echo planted; }")
    return "the function ran" if "planted" in t.run(["bash", "-c", "echo began; ls"]) else ""
