#!/usr/bin/python3
"""Performs the attempts to break out: each against the low-level runtime alone, where it must work, and against closedclaw over it,
which must stop it as the attempt says. Root only; needs what scripts/install-deps test installs.

    tests/bypass/run.py [--match PATTERN] [--low runc|crun] [--engine bare|docker] [--runtime PATH] [--jobs N] [--list]

The last line is "N passed, N failed". Nothing is skipped, and a selection without an attempt is a failure.
"""

import argparse
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TESTS = os.path.dirname(HERE)
sys.path[:0] = [TESTS, os.path.join(TESTS, "e2e")]
sys.dont_write_bytecode = True

from bypass import corpus, worker, world  # noqa: E402
from engines import base, bare, cli, image, machine, roots  # noqa: E402

DOCKER_JOBS = 2
WORKERS = []  # every process that may be in a machine


class Docker(cli.Docker20):
    MORE_RUNTIMES = {"crun": {"path": "/usr/bin/crun"}}


class Tally:
    def __init__(self):
        self.lock = threading.Lock()
        self.passed, self.failures = 0, []

    def add(self, name, problem, note):
        with self.lock:
            if problem is None:
                self.passed += 1
                print("ok   %s %s" % (name, note), flush=True)
            else:
                self.failures.append(name)
                print("FAIL %s %s" % (name, problem.replace("\n", "\n     | ")), flush=True)


# -- verdicts: None, or what is wrong; and a note --

def judge_bare(attempt, low, done):
    why, evidence = attempt.bare.get(low), done["evidence"]
    if done["refused"]:
        return "refused without closedclaw: %s" % (done["refused"],), ""
    if why and evidence:
        return "is said not to work (%s), but does: %s" % (why, evidence), ""
    if why:
        return None, "cannot work here: %s" % why
    if done["failed"]:
        return "vacuous: the attack fails: " + done["failed"], ""
    if not evidence:
        return "vacuous: the attack has no effect", ""
    return None, "works"


def judge_refused(rule, done):
    if not done["refused"]:
        return "not refused: " + (done["failed"] or ("IT WORKED: %s" % done["evidence"] if done["evidence"] else "no effect"))
    if done["refused"][0] != rule:
        return "refused by another rule: [%s] %s" % done["refused"]
    if done["left_by_refusal"]:
        return "refused, but this is left: %s" % "; ".join(done["left_by_refusal"])
    return None


def judge_inert(_how, done):
    if done["refused"]:
        return "refused: [%s] %s" % done["refused"]
    if done["evidence"]:
        return "IT WORKED: %s" % done["evidence"]
    if done["failed"]:
        return "the container did not run: " + done["failed"]
    return None if done["ran"] else "no program ran in the container"


def judge_attested(names, done):
    if not done["refused"]:
        return "not ended: " + (done["failed"] or ("IT WORKED: %s" % done["evidence"] if done["evidence"] else "no effect"))
    if names not in done["refused"][1]:
        return "the line does not name `%s`: [%s] %s" % ((names,) + done["refused"])
    return "ended, but a program ran" if done["ran"] else None


def judge_managed(attempt, low, done):
    stopped = attempt.stopped[low]
    problem = {"refused": judge_refused, "inert": judge_inert, "attested": judge_attested}[stopped.kind](stopped.what, done)
    if problem is None and done["left"]:
        problem = "stopped, but this is left after delete: %s" % "; ".join(done["left"])
    return problem, str(stopped)


# -- machines and workers --

def add_program(root, program):
    """Copies a program of this host into ROOT, with the libraries that it needs."""
    listed = subprocess.run(["ldd", program], check=True, stdout=subprocess.PIPE, text=True, timeout=30).stdout
    for path in [program] + [word for word in listed.split() if word.startswith("/")]:
        os.makedirs(root + os.path.dirname(path), 0o755, exist_ok=True)
        shutil.copy(path, root + path)


def prepare_bare(options):
    """The machine for bare bundles; nothing runs in it but what attempts start."""
    engine = bare.Bare12("bypass", options.runtime)
    engine.launch = lambda: None
    engine.start()
    work = engine.machine.path("/var/lib/bypass")
    os.makedirs(work, 0o755)
    tar = work + "/rootfs.tar"
    with open(tar, "wb") as out:
        out.write(image.root_tar(os.path.join(roots.ensure(engine.SUITE), "usr/bin/busybox"), base.probe_dir()))
    os.makedirs(work + "/base", 0o755)
    with tarfile.open(tar) as files:
        for member in files.getmembers():
            files.extract(member, work + "/base", numeric_owner=True)
    add_program(work + "/base", "/bin/bash")
    os.makedirs(engine.machine.path(world.BUNDLES), 0o755)
    return engine


def prepare_docker(options):
    engine = Docker("bypass-docker", options.runtime)
    try:
        engine.start()
    except BaseException:
        engine.close()
        raise
    return engine


class Work:
    """The checks that are still to be made, of one kind of engine."""

    def __init__(self, attempts, lows):
        checks = [(attempt, low, managed) for attempt in attempts for low in lows for managed in (False, True)]
        self.shared = [check for check in checks if not check[0].alone]
        self.alone = [check for check in checks if check[0].alone]
        self.lock = threading.Lock()

    def next(self):
        with self.lock:
            return self.shared.pop(0) if self.shared else None


def ask(connection, check):
    attempt, low, managed = check
    connection.send((attempt.name, low, managed))
    if not connection.poll(attempt.timeout + 60):
        raise OSError("no word from it")
    return connection.recv()


def perform(connection, check, tally):
    attempt, low, managed = check
    done = ask(connection, check)
    if done["failed"] == worker.SILENT:  # killed from outside, once in some thousand: that says nothing either way
        print("     %s [%s]: %s, so once more" % (attempt.name, low, done["failed"]), flush=True)
        done = ask(connection, check)
    problem, note = (judge_managed if managed else judge_bare)(attempt, low, done)
    tally.add("%s [%s] %s:" % (attempt.name, low, "closedclaw" if managed else "bare"), problem, note)


def show_logs(engine, tally):
    """What the daemon says, when something of its failed."""
    if isinstance(engine, Docker) and any(name.startswith("docker/") for name in tally.failures):
        for name, text in engine.machine.logs():
            lines = [line for line in text.splitlines() if "level=info" not in line]
            print("     --- %s\n     | %s" % (name, "\n     | ".join(lines[-25:])), flush=True)


def drive(prepare, options, work, workers, tally):
    """Makes a machine, sends workers into it, and has them do the work."""
    began = time.monotonic()
    try:
        engine = prepare(options)
    except Exception as error:
        for attempt, low, managed in work.shared + work.alone:
            tally.add("%s [%s] %s:" % (attempt.name, low, "closedclaw" if managed else "bare"), "no machine: %s" % error, "")
        return
    try:
        for connection in workers:
            connection.send(engine.machine.pid)
            if connection.recv() != "ready":
                raise RuntimeError("a worker did not get into the machine")
        print("     %s: ready after %.1f s" % (engine.name, time.monotonic() - began), flush=True)

        def loop(connection):
            while True:
                check = work.next()
                if check is None:
                    return
                try:
                    perform(connection, check, tally)
                except (EOFError, OSError) as error:
                    tally.add("%s [%s]:" % (check[0].name, check[1]), "the worker died: %s" % error, "")
                    return
        threads = [threading.Thread(target=loop, args=(connection,)) for connection in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for check in iter(work.next, None):
            tally.add("%s [%s]:" % (check[0].name, check[1]), "no worker left", "")
        work.shared, work.alone = work.alone, []
        loop(workers[0])
        for check in iter(work.next, None):
            tally.add("%s [%s]:" % (check[0].name, check[1]), "no worker left", "")
        show_logs(engine, tally)
    finally:
        for connection in workers:  # they are in the machine, which cannot go before them
            try:
                connection.send(None)
                if not connection.poll(10):  # which says only that it has ended
                    os.kill(connection.worker, signal.SIGKILL)
                os.waitpid(connection.worker, 0)
                WORKERS.remove(connection.worker)
            except (OSError, ChildProcessError):
                pass
            connection.close()
        engine.close()


def fork_workers(attempts, count):
    """Before any thread. Returns the connections."""
    connections = []
    for _ in range(count):
        ours, theirs = multiprocessing.Pipe()
        ours.worker = os.fork()
        if ours.worker == 0:
            ours.close()
            for other in connections:
                other.close()
            worker.serve(attempts, theirs)
        theirs.close()
        connections.append(ours)
        WORKERS.append(ours.worker)
    return connections


def run_all(options, attempts):
    tally, lows, jobs = Tally(), [options.low] if options.low else corpus.LOWS, []
    for kind, prepare, count in (("bare", prepare_bare, options.jobs), ("docker", prepare_docker, DOCKER_JOBS)):
        selected = [attempt for attempt in attempts if attempt.engine == kind]
        if selected:
            jobs.append((prepare, options, Work(selected, lows), fork_workers(attempts, count), tally))
    threads = [threading.Thread(target=drive, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    expected = sum(2 * len(lows) for _ in attempts)
    if tally.passed + len(tally.failures) != expected:
        tally.add("the run", "%d checks of %d" % (tally.passed + len(tally.failures), expected), "")
    return tally


def stop(number, _frame):
    for pid in WORKERS:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
    for one in list(machine.Machine.open_ones):
        one.close()
    os._exit(128 + number)


def main():
    default = os.path.join(os.path.dirname(TESTS), "build/release/shim/closedclaw-runtime")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--match", default="", help="regular expression, searched in AREA/NAME")
    parser.add_argument("--low", choices=corpus.LOWS)
    parser.add_argument("--engine", choices=("bare", "docker"))
    parser.add_argument("--runtime", default=default)
    parser.add_argument("--jobs", type=int, default=3, help="attempts at a time on bare bundles")
    parser.add_argument("--list", action="store_true", help="print the selected attempts and end")
    options = parser.parse_args()
    pattern = re.compile(options.match)
    attempts = [attempt for attempt in corpus.load() if pattern.search(attempt.name) and options.engine in (None, attempt.engine)]
    if options.list:
        print("\n".join("%-40s %s" % (attempt.name, attempt.idea) for attempt in attempts))
        return 0 if attempts else 1
    if os.geteuid() != 0:
        parser.error("run as root")
    if not os.access(options.runtime, os.X_OK):
        parser.error("no runtime at %s: build it first, or name it with --runtime" % options.runtime)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    began = time.monotonic()
    tally = run_all(options, attempts)
    if not attempts:
        tally.add("the run", "no attempt matches", "")
    if tally.failures:
        print("\nfailed:\n  " + "\n  ".join(tally.failures))
    print("     %d attempts, %.0f s" % (len(attempts), time.monotonic() - began))
    print("%d passed, %d failed" % (tally.passed, len(tally.failures)), flush=True)
    return 0 if not tally.failures and tally.passed else 1


if __name__ == "__main__":
    sys.exit(main())
