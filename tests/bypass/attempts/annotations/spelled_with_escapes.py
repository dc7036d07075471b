"""The name of an annotation is written with JSON's escapes, so that it is not found as text."""

import json
import os

from bypass import inert

SOURCE = "idea"
WAY = "create"
STOPPED = inert("the document is read as a parser reads it, and the annotation removed")
BARE = {"runc": "runc reads no run.oci annotation"}


def attack(t):
    t.allow_network()
    t.hook("prestart", t.dockerd(), "libnetwork-setkey", "-c", "read line; true")
    t.annotation("run.oci.hooks.stdout", "/mnt/host/written")
    t.spec["process"]["args"] = t.argv("true")
    t.text = json.dumps(t.spec).replace("run.oci.hooks", "\\u0072un.oci\\u002Ehooks")
    t.run("true")
    return os.path.exists("/mnt/host/written")
