#!/usr/bin/python3
"""Runs the end-to-end tests on real engines. Root only; needs what scripts/install-deps test installs.

    tests/e2e/run.py [--engine NAME]... [--match PATTERN] [--runtime PATH] [--list]

The last line is "N passed, N failed". An engine that cannot be had, or a selection without a test, is a failure.
"""

import argparse
import concurrent.futures
import glob
import importlib
import os
import re
import signal
import sys
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "probe")]

import harness  # noqa: E402
from engines import bare, cli, containerd, machine, roots, vm  # noqa: E402

CLASSES = {
    "docker20": cli.Docker20, "docker26": cli.Docker26, "docker28": cli.Docker28,
    "podman43": cli.Podman43, "podman54": cli.Podman54,
    "containerd16": containerd.Containerd16, "containerd17": containerd.Containerd17,
    "containerd21": containerd.Containerd21,
    "bare12": bare.Bare12, "bare13": bare.Bare13, "baresid": bare.BareSid,
}

_print_lock = threading.Lock()


class Tally:
    def __init__(self):
        self.passed = self.failed = 0
        self.failures = []

    def add(self, name, problem, seconds, details=""):
        with _print_lock:
            if problem is None:
                self.passed += 1
                print("ok   %s (%.1f s)" % (name, seconds), flush=True)
                return
            self.failed += 1
            self.failures.append(name)
            print("FAIL %s (%.1f s)\n%s" % (name, seconds, indent(problem + "\n" + details)), flush=True)


def say(text):
    with _print_lock:
        print("     " + text, flush=True)


def indent(text):
    return "\n".join("     | " + line for line in text.rstrip().splitlines())


def log_tail(engine, lines=25):
    if engine.machine is None:
        return ""
    shown = []
    for name, text in engine.machine.logs():
        noise = re.compile("level=info|shim disconnected|cleanup warnings|epoll wait|reading from a closed fifo")
        kept = [line for line in text.splitlines() if not noise.search(line)][-lines:]
        if kept:
            shown.append("--- %s\n%s" % (name, "\n".join(kept)))
    return "\n".join(shown)


def run_test(engine, test, tally, shown):
    engine.low = test.low
    began = time.monotonic()
    problem = None
    try:
        engine.machine.last.clear()
        test.function(engine)
    except Exception as error:  # any exception of a test is that test's failure
        last = traceback.extract_tb(error.__traceback__)
        where = [frame for frame in last if os.path.basename(frame.filename).startswith("test_")]
        place = "%s:%d: " % (os.path.basename(where[-1].filename), where[-1].lineno) if where else ""
        problem = "%s%s: %s" % (place, type(error).__name__, error)
    seconds = time.monotonic() - began
    details = ""
    if problem is not None:
        details = "\n".join("last command %s" % command for command in engine.machine.last[-2:])
        if shown[0] < 3:  # the log is the same one for the failures that follow
            details += "\n" + log_tail(engine)
            shown[0] += 1
    tally.add(test.name, problem, seconds, details)
    try:
        engine.clean()
    except Exception as error:
        say("%s: cannot clean up after %s: %s" % (engine.name, test.name, error))


def run_engine(name, tests, options, tally, classes):
    began = time.monotonic()
    engine = classes[name](name, options.runtime)
    try:
        engine.start()
        say("%s: started after %.1f s" % (name, time.monotonic() - began))
    except Exception as error:
        details = "%s\n%s" % (error, log_tail(engine))
        for test in tests:
            tally.add(test.name, "the engine did not start", 0, details)
            details = ""
        engine.close()
        return
    shown = [0]
    try:
        for test in tests:
            run_test(engine, test, tally, shown)
    finally:
        engine.close()
    say("%s: %d tests in %.1f s" % (name, len(tests), time.monotonic() - began))


def run_vm(tests, options, tally):
    began = time.monotonic()
    expected = {test.name for test in tests}
    tail = ""
    try:
        for name, problem, seconds in vm.run(sorted(expected), options.runtime, HERE, say):
            if name in expected:
                expected.discard(name)
                tally.add(name, problem, seconds)
    except Exception as error:
        tail = str(error)
    for name in sorted(expected):  # a guest that died early must not look like fewer tests
        tally.add(name, "no result from the virtual machine", 0, tail)
        tail = ""
    say("vm: %d tests in %.1f s" % (len(tests), time.monotonic() - began))


def select(options):
    for path in sorted(glob.glob(os.path.join(HERE, "test_*.py"))):
        importlib.import_module(os.path.splitext(os.path.basename(path))[0])
    pattern = re.compile(options.match)
    named = None
    if options.names:
        with open(options.names) as lines:
            named = set(lines.read().splitlines())
    return [test for test in harness.TESTS
            if (named is None or test.name in named) and (not options.engine or test.engine in options.engine)
            and pattern.search(test.name)]


def run_here(options, tests):
    """Inside the virtual machine: one engine, already running."""
    tally = Tally()
    run_engine("vm", tests, options, tally, {"vm": cli.DockerHere})
    return tally


def run_all(options, tests):
    tally = Tally()
    names = [name for name in harness.ENGINES if any(test.engine == name for test in tests)]
    kinds = sorted({"vm" if name == "vm" else CLASSES[name].SUITE for name in names})
    with concurrent.futures.ThreadPoolExecutor(4) as makers, concurrent.futures.ThreadPoolExecutor(2) as workers:
        ready = {kind: makers.submit(roots.ensure, kind) for kind in kinds}
        jobs = []
        for name in sorted(names, key=lambda name: name != "vm"):  # the slowest first
            own = [test for test in tests if test.engine == name]
            if name == "vm":
                jobs.append(workers.submit(run_vm, own, options, tally))
            else:
                jobs.append(workers.submit(run_engine, name, own, options, tally, CLASSES))
        for kind, made in ready.items():
            try:
                made.result()
            except Exception as error:
                say("root %s: %s" % (kind, error))
        for job in jobs:
            job.result()
    return tally


def stop(number, _frame):
    """Ends at once, and leaves nothing: every machine goes with its first process."""
    for one in list(machine.Machine.open_ones):
        one.close()
    vm.stop()
    os._exit(128 + number)


def main():
    default = os.path.join(os.path.dirname(os.path.dirname(HERE)), "build/release/shim/closedclaw-runtime")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", action="append", default=[], choices=harness.ENGINES)
    parser.add_argument("--match", default="", help="regular expression, searched in a test's name")
    parser.add_argument("--runtime", default=default,
                        help="closedclaw-runtime, or 'passthrough' for the low-level runtimes alone")
    parser.add_argument("--list", action="store_true", help="print the selected tests and end")
    parser.add_argument("--names", help=argparse.SUPPRESS)
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)  # what the virtual machine calls
    options = parser.parse_args()
    tests = select(options)
    if options.list:
        print("\n".join(test.name for test in tests))
        return 0 if tests else 1
    if os.geteuid() != 0:
        parser.error("run as root")
    if not options.here and options.runtime != "passthrough" and not os.access(options.runtime, os.X_OK):
        parser.error("no runtime at %s: build it first, or name it with --runtime" % options.runtime)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    began = time.monotonic()
    tally = run_here(options, tests) if options.here else run_all(options, tests)
    if tally.failures:
        print("\nfailed:\n  " + "\n  ".join(tally.failures))
    print("     %.0f s" % (time.monotonic() - began))
    print("%d passed, %d failed" % (tally.passed, tally.failed), flush=True)
    return 0 if tests and tally.failed == 0 and tally.passed == len(tests) else 1


if __name__ == "__main__":
    sys.exit(main())
