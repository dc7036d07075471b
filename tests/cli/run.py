#!/usr/bin/python3
"""Tests of the operator's command: screens kept as golden files, exit codes, and what is said of wrong input.

    tests/cli/run.py [--match PATTERN] [--program PATH] [--update]

Every function test_*(c) of tests/cli/test_*.py is one test; C is a Call (below) in a directory of its own. With
--update the golden files are written anew: review the difference. The last line is "N passed, N failed".
"""

import argparse
import difflib
import glob
import importlib
import json
import os
import re
import subprocess
import sys
import tempfile
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(TOP, "tests/e2e")]


class Result:
    def __init__(self, command, code, out, err):
        self.command, self.code, self.out, self.err = command, code, out, err

    def __str__(self):
        return "$ %s\n-> %d\n%s%s" % (" ".join(self.command), self.code, self.out, self.err)

    def json(self):
        return json.loads(self.out)


class Call:
    """Runs the program in a scratch directory, with an environment of nothing but what is said."""

    def __init__(self, program, runtime, directory, update):
        self.program, self.runtime, self.directory, self.update = program, runtime, directory, update

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, text, mode=0o644):
        """A file below the scratch directory; its name is what commands are given, so that screens have no path of a machine."""
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb" if isinstance(text, bytes) else "w") as file:
            file.write(text)
        os.chmod(self.path(name), mode)
        return name

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def run(self, *args, code=0, env=None, input="", config=None, timeout=60):
        """CODE is what it must end with (None: anything). CONFIG is a text that CLOSEDCLAW_CONFIG then names; without it
        that names a file of `{}`, so that the configuration of the machine is never read."""
        own = self.path("etc/closedclaw.json5")
        os.makedirs(os.path.dirname(own), exist_ok=True)
        with open(own, "w") as file:
            file.write(config if config is not None else "{}\n")
        environment = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "COLUMNS": "80", "TERM": "dumb", "LC_ALL": "C.UTF-8",
                       "CLOSEDCLAW_CONFIG": own}
        environment.update(env or {})
        command = [self.program] + list(args)
        ended = subprocess.run(command, cwd=self.directory, env=environment, input=input, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, encoding="utf-8", errors="replace", timeout=timeout)
        out, err = (text.replace(self.directory + "/", "") for text in (ended.stdout, ended.stderr))
        result = Result(["closedclaw"] + list(args), ended.returncode, out, err)
        assert code is None or result.code == code, "exit code is not %s: %s" % (code, result)
        return result

    def golden(self, name, result):
        """Holds the whole screen to golden/NAME.txt. No line may be wider than 80 columns."""
        shown = "$ %s\n%s%s(exit %d)\n" % (" ".join(result.command), result.out, result.err, result.code)
        path = os.path.join(HERE, "golden", name + ".txt")
        wide = [line for line in shown.splitlines()[1:] if len(line) > 80]
        assert not wide, "wider than 80 columns: %s" % wide
        assert not re.search("[ \t]$", shown, re.M), "blanks at the end of a line: %s" % result
        if self.update:
            with open(path, "w", encoding="utf-8") as file:
                file.write(shown)
            return
        with open(path, encoding="utf-8") as file:
            wanted = file.read()
        assert shown == wanted, "not as in golden/%s.txt:\n%s" % (name, "".join(difflib.unified_diff(
            wanted.splitlines(True), shown.splitlines(True), "golden", "now")))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--match", default="", help="regular expression, searched in a test's name")
    parser.add_argument("--program", default=os.path.join(TOP, "build/release/cli/closedclaw"))
    parser.add_argument("--update", action="store_true", help="write the golden files anew")
    options = parser.parse_args()
    if not os.access(options.program, os.X_OK):
        parser.error("no program at %s: build it first, or name it with --program" % options.program)
    program = os.path.abspath(options.program)
    runtime = os.path.join(os.path.dirname(os.path.dirname(program)), "shim/closedclaw-runtime")
    passed, failed = 0, []
    for path in sorted(glob.glob(os.path.join(HERE, "test_*.py"))):
        module = importlib.import_module(os.path.splitext(os.path.basename(path))[0])
        for name, function in sorted(vars(module).items()):
            full = "%s.%s" % (module.__name__[len("test_"):], name[len("test_"):])
            if not name.startswith("test_") or not callable(function) or not re.search(options.match, full):
                continue
            # not below a directory of others, such as /tmp: the configuration's owner is judged all the way up
            with tempfile.TemporaryDirectory(prefix="closedclaw-cli.", dir="/var/lib" if os.geteuid() == 0 else None) as directory:
                try:
                    function(Call(program, runtime, os.path.realpath(directory), options.update))
                    passed += 1
                except Exception as error:  # any exception of a test is that test's failure
                    frames = [f for f in traceback.extract_tb(error.__traceback__) if os.path.basename(f.filename).startswith("test_")]
                    failed.append(full)
                    print("FAIL %s (%s:%d) %s: %s" % (full, os.path.basename(frames[-1].filename) if frames else "?",
                                                      frames[-1].lineno if frames else 0, type(error).__name__, error), flush=True)
    print("%d passed, %d failed" % (passed, len(failed)), flush=True)
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
