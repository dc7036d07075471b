"""Seccomp profiles for attempts: those of real engines, as tests/golden has them, and short ones."""

import copy
import glob
import json
import os

_GOLDEN = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden", "seccomp")
_ENGINES = {}
for _path in glob.glob(_GOLDEN + "/*.json"):  # now: inside a machine there is nothing to read
    with open(_path, encoding="utf-8") as _text:
        _ENGINES[os.path.basename(_path)[:-len(".json")]] = json.load(_text)


def engine(name):
    """The default profile of an engine: "docker20", "docker26", "podman54", …"""
    return copy.deepcopy(_ENGINES[name])


def without(profile, *names):
    """Takes system calls out of all rules."""
    for rule in profile["syscalls"]:
        rule["names"] = [name for name in rule["names"] if name not in names]
    profile["syscalls"] = [rule for rule in profile["syscalls"] if rule["names"]]
    return profile


def rule(names, action, *args, **more):
    """ARGS: (index, operator without its prefix, value[, second value])."""
    made = dict({"names": names.split(), "action": "SCMP_ACT_" + action}, **more)
    if args:
        made["args"] = [dict({"index": a[0], "op": "SCMP_CMP_" + a[1], "value": a[2]}, **({"valueTwo": a[3]} if len(a) > 3 else {}))
                        for a in args]
    return made


def all_but(*rules, default="ALLOW"):
    """A profile that lets everything happen but for these rules."""
    return {"defaultAction": "SCMP_ACT_" + default, "syscalls": list(rules)}
