"""config.json has a comment, in which one reader finds a member and another nothing; crun's parser allows them."""

import json

from bypass import refused

SOURCE = "idea: yajl"
WAY = "create"
STOPPED = refused("json")
BARE = {"runc": "Go's parser knows no comments"}


def attack(t):
    t.spec["process"]["args"] = t.argv("grep CapEff /proc/self/status")
    held = json.dumps(t.spec["process"]["capabilities"])
    t.text = json.dumps(t.spec).replace('"capabilities": ' + held, '/* "capabilities": {}, "not": */ "capabilities": ' + held)
    return "0000000000000000" not in t.run(t.spec["process"]["args"]) and "capabilities"
