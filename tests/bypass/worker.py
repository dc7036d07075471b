"""A process that performs attempts, each in a child of its own that can be ended at any time."""

import importlib
import os
import pickle
import select
import signal
import time

from . import corpus, world
from .box import Box
from .dockerbox import DockerBox
from .outcome import Failed, Refused

# Inside a machine there is no Python to load more from.
for _name in ("encodings.idna", "encodings.latin_1", "encodings.ascii", "encodings.utf_16", "array", "base64", "http.client", "mmap", "random",
              "resource", "shutil", "socket", "stat", "struct", "tempfile", "threading", "traceback", "uuid", "errno"):
    importlib.import_module(_name)

SILENT = "ended without a word"


def _place(error):
    """Where in the attempt an error arose."""
    where, trace = "", error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if os.sep + "attempts" + os.sep in path:
            where = "%s:%d: " % (os.path.basename(path), trace.tb_lineno)
        trace = trace.tb_next
    return where


def perform(attempt, low, managed):
    """Performs the attack once. Returns a dictionary: evidence, or the refusal or failure; and what is left."""
    box = (DockerBox if attempt.engine == "docker" else Box)(low, managed)
    done = {"evidence": None, "refused": None, "failed": None}
    try:
        done["evidence"] = repr(attempt.attack(box) or "")[:300]
        if done["evidence"] == "''":
            done["evidence"] = None
    except Refused as refusal:
        done["refused"] = (refusal.rule, refusal.line)
    except Failed as failure:
        done["failed"] = _place(failure) + str(failure)
    except Exception as error:
        done["failed"] = "%s%s: %s" % (_place(error), type(error).__name__, error)
    done["ran"] = box.ran
    done["left_by_refusal"] = box.refusal
    done["left"] = box.finish()
    return done


def _child(attempt, low, managed, pipe):
    """Does not return."""
    try:
        os.setsid()
        world.join_groups()
        if attempt.engine == "bare":
            world.unshare(world.CLONE_NEWNS | world.CLONE_NEWPID | world.CLONE_NEWNET | world.CLONE_NEWUTS | world.CLONE_NEWIPC)
            pid = os.fork()
            if pid:
                os.close(pipe)
                os.waitpid(pid, 0)
                os._exit(0)
            world.libc.prctl(1, 9)  # PR_SET_PDEATHSIG: the namespace goes with the process that is waited for
            world.build()
        done = perform(attempt, low, managed)
    except BaseException as error:
        done = {"evidence": None, "refused": None, "failed": "%s: %s" % (type(error).__name__, error), "ran": False,
                "left_by_refusal": None, "left": []}
    with os.fdopen(pipe, "wb") as out:
        pickle.dump(done, out)
    os._exit(0)


def _one(attempt, low, managed):
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        _child(attempt, low, managed, writer)
    os.close(writer)
    deadline, data, ended = time.monotonic() + attempt.timeout, b"", False
    while not ended:
        ready = select.select([reader], [], [], max(0, deadline - time.monotonic()))[0]
        if not ready:
            break
        piece = os.read(reader, 65536)
        data, ended = data + piece, not piece
    os.close(reader)
    if not ended:
        world.thaw()
    try:
        os.killpg(child, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.waitpid(child, 0)
    if not ended or not data:
        return {"evidence": None, "refused": None, "failed": "no end within %d s" % attempt.timeout if not ended else SILENT,
                "ran": False, "left_by_refusal": None, "left": []}
    return pickle.loads(data)


def serve(attempts, connection):
    """The life of a worker: first where to go, then attempts, until it is sent None or the other side closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    by_name = {attempt.name: attempt for attempt in attempts}
    try:
        world.enter(connection.recv())
        connection.send("ready")
        while True:
            order = connection.recv()
            if order is None:
                os._exit(0)
            name, low, managed = order
            connection.send(_one(by_name[name], low, managed))
    except (EOFError, BrokenPipeError):
        os._exit(0)
    except BaseException as error:  # the parent's own code must not go on here
        os.write(2, ("a worker ends: %s: %s\n" % (type(error).__name__, error)).encode())
        os._exit(1)


__all__ = ("serve", "corpus")
