#!/usr/bin/env python3
"""Runs every recorded call of every engine through closedclaw-runtime and compares what comes out.

    tests/golden/run.py [--runtime PROGRAM] [--update] [ENGINE[/CASE]…]

samples/ENGINE.jsonl holds the calls (import.py), expected/ENGINE/CASE.NAME.json what the low-level runtime must be
given, or the refusal. Independent of these texts, checks.py says what must hold of each. Needs root: everything that a
configuration names is made in a private mount namespace, below tmpfs at /srv, /run, /tmp and /var/tmp.

With --update the expected files are written anew; read them before committing.
"""
import argparse
import difflib
import glob
import json
import os
import re
import sys

import checks
import host
from text import render

HERE = os.path.dirname(os.path.abspath(__file__))
RETRIED = re.compile(r"closedclaw: refused \[(bind-.*|mount-.*|device|hook|sysctl)\]")
MARK = '"x-unknown":{"n":18446744073709551615}'


def load_calls(engines):
    for path in sorted(glob.glob("samples/*.jsonl")):
        engine = os.path.basename(path)[:-6]
        if engines and engine not in engines:
            continue
        with open(path, encoding="utf-8") as f:
            for line in f:
                yield dict(json.loads(line), engine=engine)


def load_profiles():
    profiles = {}
    for path in glob.glob("seccomp/*.json"):
        with open(path, encoding="utf-8") as f:
            profiles[os.path.basename(path)[:-5]] = json.load(f)
    return profiles


def mark_members(call):
    """An unknown member with a number that a double cannot hold, wherever a document may be decoded into a structure."""
    document = call["document"]
    unknown = {"n": 18446744073709551615}
    places = [document]
    if call["kind"] == "config":
        linux = document["linux"]
        places += [document["process"], document["root"], linux, linux["resources"], document["mounts"][-1]]
    for place in places:
        place["x-unknown"] = unknown


class Suite:
    def __init__(self, args):
        self.update = args.update
        self.wanted = args.cases
        self.passed, self.failed = 0, 0
        self.written = set()
        self.seccomp = {}  # text of a result: its name
        self.profiles = load_profiles()
        self.host = host.Host(args.runtime)

    # -- comparing --

    def expected(self, path, text):
        """The complaint, or None."""
        self.written.add(path)
        if self.update:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w", encoding="utf-8") as f:
                f.write(text)
            return None
        try:
            with open(path, encoding="utf-8") as f:
                old = f.read()
        except FileNotFoundError:
            return "no golden file; write it with --update and read it"
        if old == text:
            return None
        lines = difflib.unified_diff(old.splitlines(), text.splitlines(), "expected", "got", lineterm="", n=0)
        return " | ".join(line.strip() for line in list(lines)[2:12])

    def name_seccomp(self, call, result):
        """Replaces the profile by the name of its own golden file."""
        linux = result.get("linux", {})
        if linux.get("seccomp") is None:
            return []
        text = render(linux["seccomp"]) + "\n"
        if text not in self.seccomp:
            name = call["profile"] or "built-in"
            while name in self.seccomp.values():
                name += "-other"
            self.seccomp[text] = name
        linux["seccomp"] = "seccomp/" + self.seccomp[text]
        complaint = self.expected(f"expected/seccomp/{self.seccomp[text]}.json", text)
        return [complaint] if complaint else []

    # -- one call --

    def run(self, call, variant=""):
        name = f"{call['engine']}/{call['case']}.{call['name']}{variant}"
        if self.wanted and not any(name.startswith(w) for w in self.wanted):
            return self.host.call(call)
        outcome = self.host.call(call)
        complaints = checks.outcome(call, outcome)
        if call["kind"] != "none":
            complaints += self.compare(call, outcome, f"expected/{name}.json")
        elif not complaints:
            complaints += checks.passed_on(call, outcome)
        self.count(name, complaints)
        return outcome

    def compare(self, call, outcome, path):
        if outcome.refusal is not None:
            golden = {"refused": outcome.refusal}
            complaints = []
        else:
            complaints = checks.members_survive(host.text_of(call["document"]).decode(), outcome.document, MARK)
            document = json.loads(outcome.document)
            complaints += checks.document(call, document)
            checks.remove_marks(document)
            complaints += self.name_seccomp(call, document)
            argv = "as given" if outcome.argv == call["argv"] else outcome.argv
            golden = {"argv": argv, "document": document}
        complaint = self.expected(path, render(golden) + "\n")
        return complaints + ([complaint] if complaint else [])

    def count(self, name, complaints):
        if not complaints:
            self.passed += 1
            return
        self.failed += 1
        print(f"FAIL {name}: {'; '.join(complaints)}", flush=True)

    # -- all of them --

    def run_create(self, call):
        """As recorded; refused then, again without what is refused; and with the pod's sandbox alive, if it has one."""
        outcome = self.run(call)
        pod = self.host.in_pod(call)
        if pod is not None:
            call, outcome = pod, self.run(pod, ".pod")
        variant = host.without_refused(call) if RETRIED.match(outcome.refusal or "") else None
        if variant is not None:
            self.run(variant, ".allowed")

    def run_all(self, calls):
        for call in calls:
            call["profile"] = None
            if call["kind"] == "config":
                call["profile"] = call["document"]["linux"].get("seccomp")
                if call["profile"]:
                    call["document"]["linux"]["seccomp"] = self.profiles[call["profile"]]
            if call["document"]:
                mark_members(call)
        creates = [c for c in calls if c["kind"] == "config"]
        for call in creates:
            self.run_create(call)
        for call in calls:
            if call["kind"] in ("process", "resources"):
                self.run(call)
        for call in calls:
            if call["kind"] == "none":
                self.run(call)

    def remove_leftovers(self):
        for path in sorted(glob.glob("expected/**/*.json", recursive=True)):
            if path in self.written or self.wanted:
                continue
            if self.update:
                os.unlink(path)
            else:
                self.count(path, ["no call has this golden file"])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runtime", default=os.path.join(HERE, "../../build/release/shim/closedclaw-runtime"))
    parser.add_argument("--update", action="store_true")
    parser.add_argument("cases", nargs="*", metavar="ENGINE[/CASE]")
    args = parser.parse_args()
    args.runtime = os.path.abspath(args.runtime)
    os.chdir(HERE)  # stays ours when something is mounted over it
    suite = Suite(args)
    suite.run_all(list(load_calls({c.split("/")[0] for c in args.cases})))
    suite.remove_leftovers()
    suite.host.close()
    print(f"{suite.passed} passed, {suite.failed} failed")
    sys.exit(1 if suite.failed else 0)


main()
