#!/usr/bin/python3
"""Runs a job in a machine of the end-to-end tests, without a helper program for each command of it.

    inside.py SPEC

SPEC is a JSON object: `pid` and `groups` of the machine, `job`, and what that job takes. The job's answer is one line of
JSON. Its process is the parent of the containers that it creates, as an engine's would be.
"""

import ctypes
import json
import os
import signal
import sys
import traceback

# Modules that are loaded late must be here now: the machine's root has no python.
import encodings.idna  # noqa: F401

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import cycles  # noqa: E402
import rounds  # noqa: E402

CLONE = {"mnt": 0x20000, "uts": 0x4000000, "ipc": 0x8000000, "pid": 0x20000000, "net": 0x40000000, "cgroup": 0x2000000}
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36

JOBS = {"rounds": rounds.job, "cycles": cycles.job}

_libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    if getattr(_libc, name)(*arguments) != 0:
        error = ctypes.get_errno()
        raise OSError(error, "%s: %s" % (name, os.strerror(error)))


def enter(spec):
    for group in spec["groups"]:
        with open(group + "/cgroup.procs", "w") as procs:
            procs.write("0")
    handles = [(os.open("/proc/%d/ns/%s" % (spec["pid"], name), os.O_RDONLY), flag) for name, flag in CLONE.items()]
    handles.append(handles.pop(0))  # /proc is the machine's after that one
    for handle, flag in handles:
        call("setns", handle, flag)
        os.close(handle)


def main():
    spec = json.loads(sys.argv[1])
    enter(spec)
    child = os.fork()  # what a process does to its process namespace holds for its children
    if child:
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        os._exit(code if code >= 0 else 128 - code)
    call("prctl", PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    call("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        print(json.dumps(JOBS[spec["job"]](spec)), flush=True)
    except BaseException:  # whoever started us waits for one line
        print(json.dumps({"failed": traceback.format_exc()}), flush=True)
        os._exit(1)
    os._exit(0)


if __name__ == "__main__":
    main()
