#!/usr/bin/python3
"""What only shows when two things happen at once, or when one is killed half-way. Root only; README.md says what it does.

    tests/race/run.py [--part bare|docker|cycles]... [--rounds N] [--cycles N] [--seed N] [--runtime PATH]

The last line is "N passed, N failed".
"""

import argparse
import concurrent.futures
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [HERE, os.path.join(TESTS, "e2e")]

import arena  # noqa: E402
import docker  # noqa: E402
from engines import bare, cli, machine, tools  # noqa: E402
from engines.base import BINARY  # noqa: E402

LOW = ("runc", "crun")
KILLAT = "/opt/closedclaw/killat"
_print_lock = threading.Lock()


class Tally:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, good, details=""):
        with _print_lock:
            self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
            print("%s %s" % ("ok  " if good else "FAIL", what), flush=True)
            if not good and details:
                print("\n".join("     | " + line for line in str(details).splitlines()[:40]), flush=True)


def inside(where, job, **spec):
    """What a job says that runs in a machine."""
    spec.update(job=job, pid=where.pid, groups=where.joined)
    process = subprocess.Popen([sys.executable, "-I", HERE + "/inside.py", json.dumps(spec)], stdout=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, text=True, start_new_session=True)
    try:
        out = process.communicate(timeout=900)[0]
    finally:
        process.kill()
    answer = json.loads(out.splitlines()[-1]) if out.strip() else {"failed": "it ended with %s" % process.wait()}
    if "failed" in answer:
        raise RuntimeError("job %s: %s" % (job, answer["failed"]))
    return answer


def config_of(low):
    return "/etc/closedclaw/race-%s.json5" % low


def open_engine(kind, name, runtime):
    engine = kind(name, runtime)
    engine.start()
    for low in LOW:
        engine.machine.write(config_of(low), json.dumps({"runtime": {"lowLevel": ["/usr/bin/" + low]}}))
    return engine


# -- races --


def escapes(count):
    """That the race can be lost at all."""
    return count["escape"] > 0


def holds(count):
    """Both objects were met, or it would be no test."""
    return count["escape"] == 0 and count["error"] == 0 and count["good"] > 0 and count["refused"] > 0


def race(tally, what, racer, engine, variant, wanted, run):
    began = time.monotonic()
    with arena.Racer(racer, engine.machine, variant) as owner:
        answer = run()
    seconds, count = time.monotonic() - began, answer["count"]
    rounds = sum(count.values())
    tally.check("%s: %d rounds, %d good, %d refused, %d escapes, %d errors (%d ms each, %d exchanges in each)" % (
        what, rounds, count["good"], count["refused"], count["escape"], count["error"], 1000 * seconds / rounds,
        owner.exchanges / rounds), wanted(count) and owner.exchanges > 5 * rounds, "\n".join(answer["examples"]))


def bare_race(tally, what, racer, engine, low, variant, rounds, plain):
    name = "race-" + low

    def edit(spec):
        if not variant.binds:
            spec["root"]["path"] = variant.raced
        for source, target in variant.binds:
            spec["mounts"].append({"destination": target, "source": source, "type": "bind", "options": ["rbind", "rw"]})

    bundle = engine.bundle(name, ["sh", "-c", variant.script], edit)
    race(tally, what, racer, engine, variant, escapes if plain else holds, lambda: inside(
        engine.machine, "rounds", program="/usr/bin/" + low if plain else BINARY, root="/run/race-" + low,
        config=None if plain else config_of(low), bundle=bundle, name=name, forbidden=variant.forbidden,
        source=variant.raced, rounds=rounds, checked=plain))


def bare_part(tally, options):
    racer = tools.build("racer")
    engine = open_engine(bare.Bare12, "race-bare", options.runtime)
    try:
        arena.prepare(engine.machine, "/var/tmp/rootfs.tar")
        for low in LOW:
            for name, variant in dict(arena.VARIANTS, **arena.BARE).items():
                if name != arena.ROOT or low != "runc":  # runc looks at that path so often that it only fails
                    bare_race(tally, "%s, bare %s after a check of the path" % (name, low), racer, engine, low, variant, 300, True)
                bare_race(tally, "%s, closedclaw over %s" % (name, low), racer, engine, low, variant,
                          options.rounds // (len(arena.VARIANTS) if name in arena.VARIANTS else 10), False)
    finally:
        engine.close()


def docker_part(tally, options):
    racer = tools.build("racer")
    engine = open_engine(cli.Docker28, "race-docker", options.runtime)
    runtimes = (("runc", "Docker's own runc", 25, escapes),
                ("closedclaw", "Docker, closedclaw over runc", options.rounds // len(arena.VARIANTS), holds),
                ("closedclaw-crun", "Docker, closedclaw over crun", options.rounds // len(arena.VARIANTS), holds))
    try:
        arena.prepare(engine.machine)
        for name, variant in arena.VARIANTS.items():
            binds = ["%s:%s" % pair for pair in variant.binds]
            for runtime, what, rounds, wanted in runtimes:
                race(tally, "%s, %s" % (name, what), racer, engine, variant, wanted, lambda runtime=runtime, n=rounds:
                     docker.rounds(engine.machine, runtime, binds, ["sh", "-c", variant.script], variant.forbidden, n))
    finally:
        engine.close()


# -- cycles --


def some_binds(where):
    """A directory, one in it, and a file: the mounts of a container that is killed half-way."""
    place = "/home/agent/cycles"
    os.makedirs(where.path(place + "/directory/below"), mode=0o755)
    where.write(place + "/file", "x")
    return [{"destination": target, "source": "%s/%s" % (place, source), "type": "bind", "options": [kind, mode]}
            for source, target, kind, mode in (("directory", "/mnt/directory", "rbind", "rw"), ("file", "/mnt/file", "bind", "rw"),
                                               ("directory/below", "/mnt/directory/made", "rbind", "ro"))]


def cycles_part(tally, options):
    engine = open_engine(bare.Bare12, "race-cycles", options.runtime)
    began = time.monotonic()
    try:
        shutil.copy2(tools.build("killat"), engine.machine.path(KILLAT))
        binds = some_binds(engine.machine)
        bundles = {low: engine.bundle("cycle-" + low, ["sleep", "1000"], lambda spec: spec["mounts"].extend(binds))
                   for low in LOW}
        answer = inside(engine.machine, "cycles", program=BINARY, bundles=bundles, configs={low: config_of(low) for low in LOW},
                        killat=KILLAT, cycles=options.cycles, kills=options.cycles // 5, seed=options.seed)
    finally:
        engine.close()
    count = answer["count"]
    seed = "seed %d" % options.seed
    tally.check("%d containers created, started, killed and deleted, %d creates killed (%.0f s)" % (
        count["whole"], count["killed"], time.monotonic() - began), not answer["problems"] and
        count["killed"] == options.cycles // 5 and count["whole"] >= options.cycles - count["killed"],
        "\n".join([seed] + answer["problems"]))
    tally.check("no mount, file, process, control group, namespace or descriptor is left", not answer["left"],
                "\n".join([seed] + answer["left"]))
    for what in ("the host's mounts were looked at", "killed before the low-level runtime", "killed in the low-level runtime",
                 "created again after a kill, without a delete"):
        tally.check("%s: %d times" % (what, count[what]), count[what] >= options.cycles // 50, seed)


PARTS = {"bare": bare_part, "docker": docker_part, "cycles": cycles_part}


def run_part(name, tally, options):
    began = time.monotonic()
    try:
        PARTS[name](tally, options)
    except Exception:
        tally.check(name, False, traceback.format_exc())
    with _print_lock:
        print("     %s: %.0f s" % (name, time.monotonic() - began), flush=True)


def stop(number, _frame):
    for one in list(machine.Machine.open_ones):
        one.close()
    os._exit(128 + number)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="append", choices=PARTS)
    parser.add_argument("--rounds", type=int, default=500, help="of each runtime, bare and through Docker")
    parser.add_argument("--cycles", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10 ** 6), help="of where to kill")
    parser.add_argument("--runtime", default=os.path.dirname(TESTS) + "/build/release/shim/closedclaw-runtime")
    options = parser.parse_args()
    if os.geteuid() != 0 or not os.access(options.runtime, os.X_OK):
        parser.error("run as root, after building %s" % options.runtime)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    tally = Tally()
    with concurrent.futures.ThreadPoolExecutor(2) as workers:
        for job in [workers.submit(run_part, name, tally, options) for name in options.part or ("docker", "bare", "cycles")]:
            job.result()
    print("%d passed, %d failed" % (tally.passed, tally.failed), flush=True)
    return 0 if tally.failed == 0 and tally.passed else 1


if __name__ == "__main__":
    sys.exit(main())
