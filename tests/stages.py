#!/usr/bin/python3
"""The stages of scripts/test. Each yields counts of passed and failed tests; one that crashes, takes too long or runs no test
counts as a failed test, so that nothing can go missing without being seen."""

import collections
import concurrent.futures
import glob
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RUNTIME = "build/release/shim/closedclaw-runtime"
BOLD, RED, PLAIN = ("\033[1m", "\033[31m", "\033[0m") if sys.stdout.isatty() else ("", "", "")

_print_lock = threading.Lock()


def say(text=""):
    with _print_lock:
        print(text, flush=True)


# -- running --

class Ended:
    def __init__(self, code, text):
        self.code, self.text = code, text


def end_group(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def run(command, timeout, live=False, env=None, stderr=subprocess.STDOUT):
    """Runs COMMAND in a session of its own, so that what it leaves behind ends with it. `live` shows its lines as they come."""
    process = subprocess.Popen(command, cwd=TOP, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr,
                               env=dict(os.environ, **(env or {})), start_new_session=True, encoding="utf-8", errors="replace")
    late = threading.Event()
    timer = threading.Timer(timeout, lambda: (late.set(), end_group(process)))
    timer.start()
    lines = []
    try:
        for line in process.stdout:
            lines.append(line)
            if live:
                say("  " + line.rstrip("\n"))
        code = process.wait()
    finally:
        timer.cancel()
        end_group(process)
    text = "".join(lines)
    if late.is_set():
        return Ended(-1, text + "\n[ended after %d s]" % timeout)
    return Ended(code, text)


def indent(text, lines=60):
    return "\n".join("    | " + line for line in text.rstrip().splitlines()[-lines:])


class Tally:
    """What a stage counts. A failure is shown when it is counted."""

    def __init__(self):
        self.passed = self.failed = 0
        self.lock = threading.Lock()

    def ok(self, count=1):
        with self.lock:
            self.passed += count

    def fail(self, what, text="", count=1):
        with self.lock:
            self.failed += count
        say("  %sFAIL%s %s%s" % (RED, PLAIN, what, "\n" + indent(text) if text else ""))

    def expect(self, what, ended):
        if ended.code == 0:
            self.ok()
        else:
            self.fail("%s: exit code %d" % (what, ended.code), ended.text)
        return ended.code == 0


# -- building --

BUILDS = {
    "release": ["--preset", "release"],
    "release-clang": ["--preset", "release", "-B", "build/release-clang", "-DCMAKE_C_COMPILER=clang"],
    "debug": ["--preset", "debug"],
    "clang": ["--preset", "clang"],
    "sanitize": ["--preset", "sanitize"],
    "fuzz": ["--preset", "fuzz"],
}
_built = {}


def build(name):
    """Configures and builds once; the result is remembered."""
    if name not in _built:
        ended = run(["cmake"] + BUILDS[name], 300)
        if ended.code == 0:
            ended = run(["cmake", "--build", "build/" + name], 1200)
        _built[name] = ended
    return _built[name]


def need(tally, name):
    ended = build(name)
    if ended.code != 0:
        tally.fail("build %s: exit code %d" % (name, ended.code), ended.text)
    return ended.code == 0


def stage_build(tally):
    for name in BUILDS:
        began = time.monotonic()
        if tally.expect("build " + name, build(name)):
            say("  %-14s %5.1f s" % (name, time.monotonic() - began))


# -- units --

def count_program(tally, name, text, good):
    """The sums of cmocka, or of a script. A program that ends badly without saying which test failed is a failed test itself."""
    def total(word):
        return sum(int(n) for n in re.findall(r"^\[ +%s +\] (\d+) test\(s\)" % word, text, re.M))
    sums = re.findall(r"^(\d+) passed, (\d+) failed$", text, re.M)
    passed, bad = total("PASSED"), total("FAILED") + total("SKIPPED") + total("ERROR")
    if sums and not passed and not bad:
        passed, bad = map(int, sums[-1])
    tally.ok(passed)
    if bad:
        tally.fail(name, text, bad)
    elif not good or passed == 0:
        tally.fail("%s: %s" % (name, "ran no test" if good else "crashed"), text)
    return passed


def units(preset):
    def stage(tally):
        if not need(tally, preset):
            return
        with tempfile.TemporaryDirectory() as scratch:
            path = scratch + "/junit.xml"
            env = {"ASAN_OPTIONS": "detect_stack_use_after_return=1", "UBSAN_OPTIONS": "print_stacktrace=1"}
            ended = run(["ctest", "--preset", preset, "-j2", "--no-tests=error", "--output-junit", path,
                         "--test-output-size-passed", "1000000", "--test-output-size-failed", "1000000"], 900, env=env)
            if not os.path.exists(path):
                tally.fail("ctest: exit code %d" % ended.code, ended.text)
                return
            cases = xml.etree.ElementTree.parse(path).getroot().findall("testcase")
        for case in sorted(cases, key=lambda case: case.get("name")):
            text, good = case.findtext("system-out") or "", case.get("status") == "run"
            passed = count_program(tally, case.get("name"), text, good)
            say("  %-28s %4d  %6.1f s" % (case.get("name"), passed, float(case.get("time"))))
    return stage


# -- stages that end with "N passed, N failed" --

def counted(command, timeout, tally, live=True):
    ended = run([sys.executable] + command, timeout, live)
    found = re.findall(r"^(\d+) passed, (\d+) failed$", ended.text, re.M)
    if not found:
        tally.fail("%s: exit code %d and no sum" % (command[0], ended.code), "" if live else ended.text)
        return
    passed, failed = map(int, found[-1])
    tally.ok(passed)
    if failed:
        tally.fail("%s: %d tests" % (command[0], failed), "" if live else ended.text, failed)
    elif ended.code != 0:
        tally.fail("%s: exit code %d" % (command[0], ended.code), "" if live else ended.text)


def stage_docs(tally):
    counted(["tests/docs/check.py"], 60, tally)
    counted(["tests/bypass/security.py", "--check"], 60, tally)


def stage_golden(tally):
    """With the release; the unit stages run it with their own builds, one of them with sanitizers."""
    if need(tally, "release"):
        counted(["tests/golden/run.py"], 600, tally)


def stage_cli(tally):
    if need(tally, "release"):
        counted(["tests/cli/run.py"], 600, tally)


def stage_e2e(tally):
    if need(tally, "release"):
        counted(["tests/e2e/run.py"], 3000, tally)


def stage_bypass(tally):
    if need(tally, "release"):
        counted(["tests/bypass/run.py"], 1200, tally)


def stage_race(tally):
    if need(tally, "release"):
        counted(["tests/race/run.py"], 1200, tally)


def stage_demo(tally):
    ended = run(["scripts/demo"], 600)
    checks = re.findall(r"^  (ok|FAIL) +(.*)$", ended.text, re.M)
    tally.ok(sum(word == "ok" for word, _ in checks))
    for word, what in checks:
        if word == "FAIL":
            tally.fail(what, ended.text)
    if ended.code != 0 and all(word == "ok" for word, _ in checks):
        tally.fail("scripts/demo: exit code %d" % ended.code, ended.text)


def stage_install(tally):
    for name in ("release", "release-clang"):
        if need(tally, name):
            counted(["tests/install/check.py", "build/" + name], 120, tally)


# -- format --

def listed(*patterns):
    """Tracked files, or, where there is no git directory, all."""
    ended = run(["git", "-c", "safe.directory=*", "ls-files", "--"] + list(patterns), 60, stderr=subprocess.DEVNULL)
    if ended.code == 0 and ended.text:
        return [path for path in ended.text.splitlines() if os.path.isfile(os.path.join(TOP, path))]
    found = []
    for pattern in patterns:
        found += glob.glob("**/" + pattern, root_dir=TOP, recursive=True)
    return [path for path in found if not path.startswith("build")]


def stage_format(tally):
    sources = listed("*.c", "*.h")
    for path in sources:
        with open(os.path.join(TOP, path), encoding="utf-8") as file:
            lines = file.read().split("\n")
        bad = [n for n, line in enumerate(lines, 1) if "\t" in line or line != line.rstrip() or len(line) > 160]
        if bad or lines[-1] != "":
            tally.fail("%s: tabs, space at the end, overlong lines or no newline: %s" % (path, bad[:10]))
        else:
            tally.ok()
    # Each release of clang-format lays some things out differently; the files are laid out by Debian 12's.
    version = re.search(r"version (\d+)", run(["clang-format", "--version"], 20).text)
    if version and version.group(1) == "14":
        tally.expect("clang-format", run(["clang-format", "--dry-run", "-Werror"] + sources, 300))
    else:
        say("  layout is judged by clang-format 14 only; this is %s" % (version.group(1) if version else "none"))


# -- fuzz --

def fuzz(tally, path, seconds, scratch):
    name = os.path.basename(path)[len("fuzz_"):]
    corpus = "tests/fuzz/corpus/" + name
    seeds = len(os.listdir(os.path.join(TOP, corpus))) if os.path.isdir(os.path.join(TOP, corpus)) else 0
    if seeds == 0:
        tally.fail("fuzz %s: no seeds in %s" % (name, corpus))
        return
    fresh = os.path.join(scratch, name)
    os.mkdir(fresh)
    keep = os.path.join(TOP, "build/fuzz/crash-%s-" % name)
    words = ["-dict=" + word for word in ("tests/fuzz/%s.dict" % name, "tests/fuzz/spec.dict")
             if os.path.exists(os.path.join(TOP, word))]
    ended = run([path] + words[:1] + ["-max_total_time=%d" % seconds, "-timeout=10", "-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=1",
                 "-artifact_prefix=" + keep, fresh, corpus], seconds + 180)
    runs = re.search(r"stat::number_of_executed_units: (\d+)", ended.text)
    if tally.expect("fuzz %s (inputs are kept as %s*)" % (name, keep), ended):
        say("  %-14s %4d seeds, %9s runs, %4d new inputs" % (name, seeds, runs.group(1) if runs else "?", len(os.listdir(fresh))))


def stage_fuzz(tally):
    if not need(tally, "fuzz"):
        return
    seconds = int(os.environ.get("CC_FUZZ_SECONDS", "15"))
    programs = [path for path in sorted(glob.glob(TOP + "/build/fuzz/tests/fuzz/fuzz_*")) if os.access(path, os.X_OK) and os.path.isfile(path)]
    with tempfile.TemporaryDirectory() as scratch, concurrent.futures.ThreadPoolExecutor(2) as workers:
        for job in [workers.submit(fuzz, tally, path, seconds, scratch) for path in programs]:
            job.result()


# -- bench --

# Milliseconds that may be added at the median; ten binds are in the calls whose name ends with 10.
BENCH_LIMITS = {"create": 1.0, "create10": 1.5, "exec": 1.0, "read back, runc": 0.5, "read back, crun": 0.5}


def bench_row(tally, row, limit):
    slow = limit is not None and row["added"] > limit
    say("  %-15s %-16s against %-16s %8.2f ms, %8.2f ms: %+6.2f ms, ratio %.3f%s" % (
        row["call"], row["other_name"], row["base_name"], row["other"]["median"], row["base"]["median"], row["added"], row["ratio"],
        "  <-- MORE THAN %.1f ms" % limit if slow else ""))
    if slow and os.environ.get("CC_BENCH_STRICT") == "1":
        tally.fail("%s: %+.2f ms over %s" % (row["call"], row["added"], row["base_name"]))
    else:
        tally.ok()


def stage_bench(tally):
    """That it measures, and what; a machine that does other things as well is no place for a limit in milliseconds."""
    if not need(tally, "release"):
        return
    ended = run(["tests/bench/run", "--json", "--rounds", os.environ.get("CC_BENCH_ROUNDS", "10")], 600, stderr=None)
    try:
        result = json.loads(ended.text)
        alone, containers = result["self"], result["containers"]
    except (ValueError, KeyError):
        tally.fail("tests/bench/run: exit code %d and no figures" % ended.code, ended.text)
        return
    for row in alone:
        reads = row["call"].startswith("read back")
        bench_row(tally, dict(row, base_name="state" if reads else "nothing", other_name="start10" if reads else "the wrapper"),
                  BENCH_LIMITS.get(row["call"]) if reads else None)
    for row in containers:
        pays = row["other_name"] == "closedclaw+" + row["base_name"]
        bench_row(tally, row, BENCH_LIMITS.get(row["call"]) if pays else None)


STAGES = collections.OrderedDict((
    ("build", stage_build),
    ("format", stage_format),
    ("docs", stage_docs),
    ("install", stage_install),
    ("unit", units("debug")),
    ("unit-clang", units("clang")),
    ("unit-sanitize", units("sanitize")),
    ("demo", stage_demo),
    ("golden", stage_golden),
    ("cli", stage_cli),
    ("fuzz", stage_fuzz),
    ("bench", stage_bench),
    ("bypass", stage_bypass),
    ("race", stage_race),
    ("e2e", stage_e2e),
))


def run_stage(name):
    tally = Tally()
    began = time.monotonic()
    say("%s== %s%s" % (BOLD, name, PLAIN))
    try:
        STAGES[name](tally)
    except Exception as error:  # whatever a stage dies of must not end the others
        tally.fail("stage %s: %s: %s" % (name, type(error).__name__, error))
    if tally.passed + tally.failed == 0:
        tally.fail("stage %s ran no test" % name)
    seconds = time.monotonic() - began
    say("   %d passed, %d failed, %.1f s\n" % (tally.passed, tally.failed, seconds))
    return name, tally, seconds


def main():
    names = sys.argv[1:]
    if names == ["--list"]:
        print("\n".join(STAGES))
        return 0
    unknown = [name for name in names if name not in STAGES]
    if unknown:
        print("no stage %s; there are %s" % (", ".join(unknown), ", ".join(STAGES)))
        print("0 passed, 1 failed")
        return 1
    os.chdir(TOP)
    results = [run_stage(name) for name in names or STAGES]
    say("%s== sum%s" % (BOLD, PLAIN))
    for name, tally, seconds in results:
        say("  %-14s %5d passed %5d failed %8.1f s" % (name, tally.passed, tally.failed, seconds))
    passed, failed = sum(tally.passed for _, tally, _ in results), sum(tally.failed for _, tally, _ in results)
    say("  %.0f s in all" % sum(seconds for _, _, seconds in results))
    say("%d passed, %d failed" % (passed, failed))
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
