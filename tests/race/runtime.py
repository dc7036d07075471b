"""Calls a runtime as an engine does, at the cost of the call alone."""

import os
import re
import time

PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


class Runtime:
    """A runtime and its containers' directory. What a call printed is in `said()`."""

    def __init__(self, program, root, config=None):
        self.program, self.root = program, root
        self._env = {"PATH": PATH, "HOME": "/root"}
        if config:
            self._env["CLOSEDCLAW_CONFIG"] = config
        self._log = "/tmp/race-%d.log" % os.getpid()
        self._pid_file = "/tmp/race-%d.pid" % os.getpid()

    def call(self, *arguments, before=()):
        """The exit code. BEFORE is a program, with its arguments, that runs the runtime."""
        argv = [*before, self.program, "--root", self.root, *arguments]
        # A created container keeps the streams: they are a file, since a pipe would never end.
        actions = [(os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
                   (os.POSIX_SPAWN_OPEN, 1, self._log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
                   (os.POSIX_SPAWN_DUP2, 1, 2)]
        pid = os.posix_spawn(argv[0], argv, self._env, file_actions=actions)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def said(self):
        with open(self._log, "rb") as text:
            return text.read(4000).decode("utf-8", "replace").strip()

    def create(self, bundle, name, before=()):
        return self.call("create", "--bundle", bundle, "--pid-file", self._pid_file, name, before=before)

    def init(self):
        """The first process of the container that was created last."""
        with open(self._pid_file) as text:
            return int(text.read())

    def forget(self):
        for path in (self._log, self._pid_file):
            if os.path.exists(path):
                os.remove(path)


def write(path, data):
    """A file that is whole at any time."""
    with open(path + "~", "wb") as out:
        out.write(data)
    os.chmod(path + "~", 0o644)
    os.rename(path + "~", path)


def reap(pid, timeout=20):
    """How a container's first process ended; our child since its parent is gone."""
    deadline = time.monotonic() + timeout
    while True:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found == pid:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > deadline:
            raise TimeoutError("process %d does not end" % pid)
        time.sleep(0.0005)


def refusal(text, place):
    """True for a refusal by a rule about sources that names PLACE; or because a mount point was moved away after create, which
    start finds: its line has the target, and never the forbidden source of the other variants."""
    line = re.search(r"closedclaw: refused \[(?:(?:bind|rootfs)-[a-z]+|attest)\] (.*)", text)
    return line is not None and place in line.group(1)
