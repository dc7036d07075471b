#!/usr/bin/env python3
"""Packs recorded calls of engines into tests/golden/samples/.

    tests/golden/import.py RECORDINGS

RECORDINGS has a directory for each engine, in it one for each case, with what a logging wrapper in the place of the
runtime saw: NAME.argv (the line "ARGV program argument…") and, where the call had one, its document NAME.config.json,
NAME.process.json or NAME.resources.json. Each engine becomes samples/ENGINE.jsonl, a call on each line:

    {"case", "name", "argv", "kind": "config"|"process"|"resources"|"none", "document"}

A seccomp profile is stored once, in seccomp/NAME.json, and the document names it. Calls without a document are kept once
for each form, but for `start`, which needs the container's process. Paths of programs that a test machine may lack are moved below /srv, where the runner makes everything.
"""
import glob
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
KINDS = ("config", "process", "resources")
MOVED = {"/usr/bin/docker-init": "/srv/engines/docker-init"}


def minified(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def read_profiles():
    found = {}
    for path in sorted(glob.glob(os.path.join(HERE, "seccomp", "*.json"))):
        with open(path, encoding="utf-8") as f:
            found[minified(json.load(f))] = os.path.basename(path)[:-5]
    return found


def profile_name(profiles, engine, profile):
    text = minified(profile)
    if text not in profiles:
        name = engine
        while name in profiles.values():
            name += "-other"
        with open(os.path.join(HERE, "seccomp", name + ".json"), "w", encoding="utf-8") as f:
            f.write(text + "\n")
        profiles[text] = name
    return profiles[text]


def read_document(base):
    for kind in KINDS:
        if os.path.exists(f"{base}.{kind}.json"):
            with open(f"{base}.{kind}.json", encoding="utf-8") as f:
                text = f.read()
            for old, new in MOVED.items():
                text = text.replace(old, new)
            return kind, json.loads(text)
    return "none", None


def form(argv):
    """What tells two calls without a document apart: everything but paths, ids and numbers."""
    return tuple(a for a in argv if not a.startswith("/") and len(a) < 40)


def read_engine(directory, engine, profiles):
    seen = set()
    for path in sorted(glob.glob(os.path.join(directory, "*", "*.argv"))):
        case, name = path.split("/")[-2], os.path.basename(path)[:-5]
        with open(path, encoding="utf-8") as f:
            argv = f.read().split()[2:]
        kind, document = read_document(path[:-5])
        if kind == "none":
            if form(argv) in seen or "update" in argv or "start" in argv:
                continue
            seen.add(form(argv))
        if kind == "config" and document["linux"].get("seccomp") is not None:
            document["linux"]["seccomp"] = profile_name(profiles, engine, document["linux"]["seccomp"])
        yield {"case": case, "name": name, "argv": argv, "kind": kind, "document": document}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    profiles = read_profiles()
    os.makedirs(os.path.join(HERE, "samples"), exist_ok=True)
    for directory in sorted(glob.glob(os.path.join(sys.argv[1], "*"))):
        engine = os.path.basename(directory)
        with open(os.path.join(HERE, "samples", engine + ".jsonl"), "w", encoding="utf-8") as out:
            for call in read_engine(directory, engine, profiles):
                out.write(minified(call) + "\n")


main()
