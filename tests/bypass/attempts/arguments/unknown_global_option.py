"""A global option that is not known, in front of `create`, could have a value or none: what guesses wrong takes `create` for it."""

from bypass import refused

SOURCE = "idea"
WAY = "arguments"
STOPPED = refused("argument")
BARE = {"runc": "runc takes no abbreviation"}


def attack(t):
    t.globals = ["--log-f", "json"]
    return t.run("id -u").strip() == "0" and "uid 0"
