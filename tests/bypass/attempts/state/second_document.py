"""config.json has a second document behind the first: some read the first, some the last."""

import json

from bypass import refused

SOURCE = "idea: Go's json.Decoder"
WAY = "create"
STOPPED = refused("json")
BARE = {"crun": "crun's parser refuses what follows the document"}


def attack(t):
    t.spec["process"]["args"] = t.argv("id -u")
    harmless = dict(t.spec, process=dict(t.spec["process"], user={"uid": 1000, "gid": 1000}))
    t.text = json.dumps(t.spec) + json.dumps(harmless)
    return t.run(t.spec["process"]["args"]).split()[-1:] == ["0"] and "uid 0"
