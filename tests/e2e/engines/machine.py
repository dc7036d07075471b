"""A test machine: an engine root with its own processes, mounts, network, and control groups.

Commands run inside it through nsenter. Closing it kills everything in it, whatever state a test left behind.
"""

import json
import os
import pty
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PATH = "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin"
DEFAULT_TIMEOUT = 60
SLOW = int(os.environ.get("CC_E2E_SLOW", "1"))  # how much longer everything may take: emulated processors are slow


class Result:
    def __init__(self, argv, code, out, err, seconds):
        self.argv, self.code, self.out, self.err, self.seconds = argv, code, out, err, seconds

    @property
    def text(self):
        return self.out + self.err

    def __str__(self):
        command = " ".join(self.argv)
        return "$ %s\n-> %s (%.1f s)\n%s%s" % (command[:600], self.code, self.seconds, self.out[-3000:],
                                               self.err[-3000:])


class Timeout(AssertionError):
    pass


class _Base:
    """Running commands, the same for a machine of namespaces and for the machine we are on."""

    def __init__(self):
        self.log_dir = None
        self.last = []  # the newest commands, for the report of a failure
        self._background = []

    def _wrap(self, argv):
        raise NotImplementedError

    def path(self, inside):
        """Where a file of the machine is for us; symbolic links in it are followed by us, not by the machine."""
        raise NotImplementedError

    def _environment(self, env):
        base = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "TERM": "xterm"}
        base.update(env or {})
        return base

    def run(self, *argv, stdin=None, timeout=DEFAULT_TIMEOUT, env=None, check=False):
        """Runs a command to its end; output beyond what a pipe holds is collected, never waited for."""
        argv, timeout = [str(arg) for arg in argv], timeout * SLOW
        began = time.monotonic()
        process = subprocess.Popen(
            self._wrap(argv), env=self._environment(env), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL, start_new_session=True)
        try:
            out, err = process.communicate(stdin.encode() if isinstance(stdin, str) else stdin, timeout=timeout)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            try:
                out, err = process.communicate(timeout=3)
            except subprocess.TimeoutExpired as left:  # a container has the pipe, and lives on
                out, err = left.output or b"", left.stderr or b""
                for pipe in (process.stdout, process.stderr):
                    pipe.close()
            result = Result(argv, "timeout", out.decode("utf-8", "replace"), err.decode("utf-8", "replace"), timeout)
            self._remember(result)
            raise Timeout("no end after %d s: %s" % (timeout, result))
        result = Result(argv, process.returncode, out.decode("utf-8", "replace"), err.decode("utf-8", "replace"),
                        time.monotonic() - began)
        self._remember(result)
        if check and result.code != 0:
            raise AssertionError("failed: %s" % result)
        return result

    def terminal(self, *argv, typed="", timeout=DEFAULT_TIMEOUT, env=None):
        """Runs a command on a terminal of its own, types what is given, and returns what the terminal showed."""
        argv, timeout = [str(arg) for arg in argv], timeout * SLOW
        began = time.monotonic()
        master, slave = pty.openpty()
        process = subprocess.Popen(self._wrap(argv), env=self._environment(env), stdin=slave, stdout=slave,
                                   stderr=slave, start_new_session=True)
        os.close(slave)
        shown, pending, deadline = b"", typed.encode(), began + timeout
        try:
            while True:
                if time.monotonic() > deadline:
                    os.killpg(process.pid, signal.SIGKILL)
                    raise Timeout("no end after %d s: %s\n%s" % (timeout, " ".join(argv), shown.decode("utf-8", "replace")))
                ready = select.select([master], [], [], 0.3)[0]
                if ready:
                    try:
                        piece = os.read(master, 65536)
                    except OSError:  # EIO: the last holder of the other side is gone
                        piece = b""
                    if not piece:
                        break
                    shown += piece
                elif process.poll() is not None:
                    break
                if pending and shown:  # after the first output: a client that reads early would lose it
                    os.write(master, pending)
                    pending = b""
            code = process.wait(timeout=10)
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            os.close(master)
        result = Result(argv, code, shown.decode("utf-8", "replace"), "", time.monotonic() - began)
        self._remember(result)
        return result

    def _remember(self, result):
        self.last.append(result)
        del self.last[:-12]

    def start(self, name, *argv, env=None):
        """Starts a long-lived process; its output goes to the log of that name."""
        with open(os.path.join(self.log_dir, name + ".log"), "ab") as log:
            process = subprocess.Popen(self._wrap([str(arg) for arg in argv]), env=self._environment(env), stdout=log,
                                       stderr=log, stdin=subprocess.DEVNULL, start_new_session=True)
        self._background.append(process)
        return process

    def wait_for(self, *argv, timeout=60, process=None):
        """Repeats a command until it succeeds."""
        deadline = time.monotonic() + timeout * SLOW
        while True:
            result = self.run(*argv, timeout=timeout)
            if result.code == 0:
                return result
            if process is not None and process.poll() is not None:
                raise AssertionError("the engine ended while it was starting, with %s" % process.returncode)
            if time.monotonic() > deadline:
                raise Timeout("never succeeded: %s" % result)
            time.sleep(0.2)

    def write(self, inside, text, mode=0o644):
        path = self.path(inside)
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
        with open(path, "wb") as out:
            out.write(text if isinstance(text, bytes) else text.encode())
        os.chmod(path, mode)

    def read(self, inside):
        with open(self.path(inside), "rb") as text:
            return text.read().decode("utf-8", "replace")

    def logs(self):
        for name in sorted(os.listdir(self.log_dir)):
            with open(os.path.join(self.log_dir, name), "rb") as text:
                yield name, text.read().decode("utf-8", "replace")

    def _stop_background(self):
        for process in self._background:
            if process.poll() is None:
                try:
                    os.killpg(process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            process.wait()


class Local(_Base):
    """The machine that we are on: inside the virtual machine there is nothing to keep apart."""

    def __init__(self, name, log_dir):
        super().__init__()
        self.name, self.log_dir = name, log_dir
        os.makedirs(log_dir, exist_ok=True)

    def _wrap(self, argv):
        return argv

    def path(self, inside):
        return inside

    def close(self):
        self._stop_background()


class Machine(_Base):
    open_ones = set()  # for whoever has to end in a hurry

    def __init__(self, name, base):
        super().__init__()
        self.open_ones.add(self)
        self.name = name
        self._scratch = tempfile.mkdtemp(prefix="cc-e2e-%s-" % name, dir="/var/tmp")
        os.chmod(self._scratch, 0o755)
        self.log_dir = os.path.join(self._scratch, "log")
        self._init, self._groups = None, []
        try:
            self._open(base)
        except BaseException:
            self.close()
            raise

    def _open(self, base):
        for sub in ("root", "opt", "log"):
            os.mkdir(os.path.join(self._scratch, sub), 0o755)
        for sub in ("etc", "var"):  # what engines write; the rest of the root is the cache's, and read-only
            shutil.copytree(os.path.join(base, sub), os.path.join(self._scratch, sub), symlinks=True)
        cgroups = self._make_cgroups()
        spec = {
            "base": base, "root": os.path.join(self._scratch, "root"), "hostname": "cc-" + self.name,
            "cgroups": cgroups,
            "binds": [[os.path.join(self._scratch, sub), target]
                      for sub, target in (("etc", "/etc"), ("var", "/var"), ("opt", "/opt/closedclaw"))],
        }
        script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "machine_init.py")
        with open(os.path.join(self.log_dir, "machine.log"), "wb") as log:
            self._init = subprocess.Popen([sys.executable, "-I", script, json.dumps(spec)], stdin=subprocess.PIPE,
                                          stdout=subprocess.PIPE, stderr=log, start_new_session=True, text=True)
        line = self._init.stdout.readline().split(" ", 1)
        if line[0] != "ready":
            raise RuntimeError("machine %s: %s" % (self.name, " ".join(line).strip() or self._log_text("machine.log")))
        self.pid = int(line[1])

    def _log_text(self, name):
        with open(os.path.join(self.log_dir, name)) as text:
            return text.read()[-2000:]

    def _make_cgroups(self):
        name = "cc-e2e-%s-%d" % (self.name, os.getpid())
        v1 = []
        with open("/proc/self/mountinfo") as mounts:
            for line in mounts:
                left, right = line.rstrip("\n").split(" - ", 1)
                where, fstype, options = left.split(" ")[4], right.split(" ")[0], right.split(" ")[2]
                if fstype == "cgroup":
                    words = [word for word in options.split(",") if word not in ("rw", "ro", "clone_children", "xattr")]
                    words = [word for word in words if not word.startswith("release_agent=")]
                    kept = (["none"] if any(word.startswith("name=") for word in words) else []) + words
                    v1.append((os.path.basename(where), ",".join(kept), where))
        base = [where for _, _, where in v1] or ["/sys/fs/cgroup"]
        for where in base:
            group = os.path.join(where, name)
            os.makedirs(group, exist_ok=True)
            self._groups.append(group)
            for knob in ("cpuset.cpus", "cpuset.mems"):  # empty in a new version 1 group, and then no process may join
                if v1 and os.path.exists(os.path.join(group, knob)):
                    with open(os.path.join(where, knob)) as parent, open(os.path.join(group, knob), "w") as own:
                        own.write(parent.read())
        # where a process of the machine belongs
        self.joined = [g if v1 else os.path.join(g, "init") for g in self._groups]
        return {"paths": self._groups, "v1": [(shown, options) for shown, options, _ in v1]}

    def _wrap(self, argv):
        join = "".join("echo 0 >%s/cgroup.procs;" % group for group in self.joined)
        return ["/bin/sh", "-c", join + 'exec "$@"', "sh", "nsenter", "-t", str(self.pid), "-m", "-u", "-i", "-n", "-p", "-C",
                "--"] + argv

    def path(self, inside):
        for prefix, sub in (("/etc/", "etc"), ("/var/", "var"), ("/opt/closedclaw/", "opt")):
            if inside.startswith(prefix):
                return os.path.join(self._scratch, sub, inside[len(prefix):])
        return "/proc/%d/root%s" % (self.pid, inside)

    def close(self):
        if self._init is not None:
            self._init.stdin.close()
            try:
                self._init.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self._init.kill()
                self._init.wait()
            self._init.stdout.close()
        self._stop_background()
        for group in self._groups:
            self._remove_group(group)
        shutil.rmtree(self._scratch, ignore_errors=True)
        self.open_ones.discard(self)

    @staticmethod
    def _remove_group(group):
        for _ in range(50):  # the kernel lets go of a killed process's group a moment later
            for parent, children, _files in os.walk(group, topdown=False):
                for child in children + [""]:
                    try:
                        os.rmdir(os.path.join(parent, child) if child else parent)
                    except OSError:
                        pass
            if not os.path.isdir(group):
                return
            time.sleep(0.1)
