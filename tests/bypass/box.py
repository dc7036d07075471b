"""What an attempt on a bare bundle gets as `t`: a bundle, a scratch directory of the host, and the runtime to be attacked."""

import copy
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import threading
import time

from . import spec, world
from .outcome import Failed, judge

PROGRAMS = {"runc": "/usr/bin/runc", "crun": "/usr/bin/crun"}
CLOSEDCLAW = "/opt/closedclaw/closedclaw-runtime"
STATE = "/run/bare"  # --root
CONFIG = "/etc/closedclaw/closedclaw.json5"
CALL_TIMEOUT = 15


class Result:
    def __init__(self, code, text, log):
        self.code, self.text, self.log = code, text, log

    def __str__(self):
        return "exit code %s: %s" % (self.code, (self.text + self.log).strip()[-600:])


def merge(into, more):
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            merge(into[key], value)
        else:
            into[key] = value


class Scratch:
    """What attempts of every kind have."""

    def __init__(self, low, managed):
        self.low = low  # "runc" or "crun"
        self.managed = managed  # for the library; an attack does the same in both cases
        self.id = "b" + secrets.token_hex(6)
        self.canary = "canary-" + secrets.token_hex(12)
        self.nonce = "ran-" + secrets.token_hex(12)
        self.ran = False  # a program of the attempt's has run in the container
        self.refusal = None  # what was left of a refused call
        self.planted, self.own_mounts, self.bystanders, self.holders = [], [], [], []

    def prepare_host(self, where):
        self.host = where
        os.makedirs(where, 0o755)
        self.secret = self.plant(where + "/secret")

    def plant(self, path, mode=0o644):
        """Writes the canary into a new file of the host, with the directories that it needs. Everybody may read it: what
        keeps it from the container has to be the mount that was refused, not the file's mode."""
        missing, parent = [], os.path.dirname(path)
        while not os.path.isdir(parent):
            missing.append(parent)
            parent = os.path.dirname(parent)
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        self.planted += [path] + missing
        with open(path, "w") as out:
            out.write(self.canary + "\n")
        os.chmod(path, mode)
        return path

    def write(self, path, text, mode=0o644):
        """Writes a file of the host, and the directories that it needs. With the mode None it keeps the one that it has."""
        os.makedirs(os.path.dirname(path), 0o755, exist_ok=True)
        with open(path, "w") as out:
            out.write(text)
        if mode is not None:
            os.chmod(path, mode)
        return path

    def read(self, path):
        """A file of the host, "" when there is none."""
        try:
            with open(path, encoding="utf-8", errors="replace") as text:
                return text.read()
        except OSError:
            return ""

    def leaked(self, text):
        """The evidence of most attempts: the canary, if it is in TEXT."""
        return self.canary if self.canary in text else ""

    def sh(self, text):
        """Runs a shell on the host; returns what it printed on either stream."""
        return subprocess.run(["sh", "-c", text], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=CALL_TIMEOUT, encoding="utf-8", errors="replace").stdout

    def eventually(self, condition, seconds=3):
        """Waits until a function returns something true; returns its last value."""
        deadline = time.monotonic() + seconds
        while True:
            value = condition()
            if value or time.monotonic() > deadline:
                return value
            time.sleep(0.01)

    def speak(self, address=("127.0.0.1", 0), family=socket.AF_INET):
        """A server on the host that says the canary to whoever connects; returns its address."""
        server = socket.socket(family, socket.SOCK_STREAM)
        server.bind(address)
        server.listen(8)

        def serve():
            while True:
                connection = server.accept()[0]
                connection.sendall(self.canary.encode() + b"\n")
                connection.close()
        threading.Thread(target=serve, daemon=True).start()
        return server.getsockname()

    def bystander(self):
        """A process of the host with the canary on its command line; returns its pid."""
        self.bystanders.append(subprocess.Popen(["sh", "-c", "read line", self.canary], stdin=subprocess.PIPE))
        return self.bystanders[-1].pid

    def dockerd(self):
        """A process of root's that is named as Docker's daemon is, and a shell in truth; returns the path by which a hook names it."""
        shutil.copy("/bin/dash", self.host + "/dockerd")
        self.bystanders.append(subprocess.Popen(["dockerd", "-c", "read line"], executable=self.host + "/dockerd", stdin=subprocess.PIPE))
        return "/proc/%d/exe" % self.bystanders[-1].pid

    def as_user(self, function, uid=1000):
        """Calls a function on the host as somebody who is not root."""
        pid = os.fork()
        if not pid:
            try:
                os.setgroups([])
                os.setgid(uid)
                os.setuid(uid)
                function()
                os._exit(0)
            finally:
                os._exit(1)
        if os.waitpid(pid, 0)[1]:
            raise Failed("what uid %d does on the host fails" % uid)

    def holder(self, flags, within=None):
        """A process of the host that has new namespaces (world.CLONE_NEW…), calls WITHIN there, and stays; returns its pid."""
        reader, writer = os.pipe()
        pid = os.fork()
        if not pid:
            try:
                world.unshare(flags)
                if within is not None:
                    within()
                os.write(writer, b"+")
                while True:
                    signal.pause()
            finally:
                os._exit(1)
        os.close(writer)
        with os.fdopen(reader, "rb") as ready:
            if not ready.read(1):
                raise Failed("the host has no process in namespaces of its own")
        self.holders.append(pid)
        return pid

    def argv(self, command):
        """A list stays; a text becomes a shell that says first that it runs."""
        return ["sh", "-c", "echo %s; %s" % (self.nonce, command)] if isinstance(command, str) else list(command)

    def output(self, command, text):
        """What the container's program printed. One that was a shell and did not begin is a failed attack."""
        if isinstance(command, str):
            if self.nonce not in text:
                raise Failed("the container's program did not run: " + text.strip()[-600:])
            text = text.replace(self.nonce + "\n", "", 1)
        self.ran = True
        return text

    def host_mount(self, source, target, fstype="", flags=0, data=""):
        """Mounts on the host, and makes the target first if need be."""
        if not os.path.lexists(target):
            os.makedirs(target, 0o755)
        world.mount(source, target, fstype, flags, data)
        self.own_mounts.append(target)
        return target

    def host_bind(self, source, target, recursive=False):
        """A bind mount on the host; a file's target is made as a file."""
        if not os.path.isdir(source) and not os.path.lexists(target):
            self.write(target, "")
        return self.host_mount(source, target, "", world.MS_BIND | (world.MS_REC if recursive else 0))

    def remove_planted(self):
        for path in self.planted:
            try:
                os.rmdir(path) if os.path.isdir(path) else os.unlink(path)
            except OSError:
                pass


class Box(Scratch):
    def __init__(self, low, managed):
        super().__init__(low, managed)
        self.runtime = CLOSEDCLAW if managed else PROGRAMS[low]
        self.spec = spec.new(self.id)
        self.text = None  # when set, what config.json is, instead of `spec`
        self.bundle = "%s/%s" % (world.BUNDLES, self.id)
        self.rootfs = self.bundle + "/rootfs"
        self.io = world.BUNDLES + "/io"
        self.made, self.command = [], None
        self.around, self.globals = [], []  # words before the runtime's name, and global options of every call
        os.makedirs(self.rootfs, 0o755)
        os.makedirs(self.io, 0o700)
        self.lay_rootfs(self.rootfs)
        self.settings = {"runtime": {"lowLevel": [PROGRAMS[low]]}}
        self.config({})
        self.prepare_host("/mnt/host")
        self.start_state = None

    def lay_rootfs(self, where):
        """A root filesystem like a container engine's: busybox and tests/probe, on an overlay of its own."""
        os.makedirs(where, 0o755, exist_ok=True)
        layer = self.io + "/layer-" + secrets.token_hex(4)
        os.makedirs(layer + "/upper", 0o755)
        os.mkdir(layer + "/work", 0o755)
        world.mount("overlay", where, "overlay", 0, "lowerdir=%s,upperdir=%s/upper,workdir=%s/work" % (world.BASE, layer, layer))

    # -- the configuration --

    def bind(self, source, target, *options):
        """A bind as Docker writes one for -v."""
        return self.mount("bind", source, target, *(options or ("rbind", "rprivate")))

    def mount(self, kind, source, target, *options):
        entry = {"destination": target, "type": kind, "source": source, "options": list(options)}
        self.spec["mounts"].append(entry)
        return entry

    def cap(self, *names):
        """Adds capabilities as an engine's --cap-add does."""
        for which in spec.CAPABILITY_SETS:
            held = self.spec["process"]["capabilities"].setdefault(which, [])
            self.spec["process"]["capabilities"][which] = held + [name for name in names if name not in held]

    def annotation(self, name, value):
        self.spec["annotations"][name] = value

    def sysctl(self, name, value):
        self.spec["linux"].setdefault("sysctl", {})[name] = value

    def env(self, name, value):
        self.spec["process"]["env"] = self.spec["process"]["env"] + ["%s=%s" % (name, value)]

    def hook(self, stage, path, *args, **more):
        self.spec.setdefault("hooks", {}).setdefault(stage, []).append(dict({"path": path, "args": list(args)}, **more))

    def share(self, kind):
        """No namespace of this kind: the host's."""
        self.spec["linux"]["namespaces"] = [n for n in self.spec["linux"]["namespaces"] if n["type"] != kind]

    def join(self, kind, path):
        """The namespace of this kind that a path names."""
        self.share(kind)
        self.spec["linux"]["namespaces"].append({"type": kind, "path": path})

    def config(self, more):
        """Merges into the operator's configuration, which otherwise only says which low-level runtime there is."""
        merge(self.settings, more)
        self.write(CONFIG, json.dumps(self.settings))

    def agent(self, **settings):
        """The container is of an agent that has these settings."""
        self.annotation("closedclaw.io/agent", "a")
        self.config({"agents": {"list": [dict(settings, id="a")]}})

    def stdin_device(self, kind, major, minor):
        """Standard input of every later call is a device that is made for it, KIND is 0o020000 (character) or 0o060000 (block). Returns
        a function that says how it has changed since, "" when it has not."""
        path = "%s/device-%d-%d" % (self.host, major, minor)
        os.mknod(path, kind | 0o666, os.makedev(major, minor))
        os.chmod(path, 0o666)
        self.around = ["sh", "-c", 'exec "$@" <"$0"', path]

        def changed():
            now = os.stat(path)
            return "" if now.st_uid == 0 and now.st_mode & 0o777 == 0o666 else "owned by %d, mode %o" % (now.st_uid, now.st_mode & 0o777)
        return changed

    def leak(self, path):
        """Descriptor 3 of every later call is PATH, as of an engine that forgot to close it."""
        self.around = ["sh", "-c", 'exec "$@" 3<"$0"', path]

    def keep_root(self):
        """The operator's word that uid 0 stays uid 0: then it is not the modes of files that stop the attack."""
        self.config({"agents": {"defaults": {"sandbox": {"docker": {"user": "0:0"}}}}})

    def allow_network(self):
        """The operator's word for a network of the engine's: then Docker's own hook stays where it is."""
        self.config({"agents": {"defaults": {"sandbox": {"docker": {"network": "bridge"}}}}})

    def before_low(self, text):
        """Runs a shell text on the host right before the low-level runtime makes the container: after whatever stands in front of it
        has looked."""
        low = self.write("/srv/low/%s" % self.low, "#!/bin/sh\ncase \" $* \" in *\" create \"*)\n%s\nesac\nexec %s \"$@\"\n"
                         % (text, PROGRAMS[self.low]), 0o755)
        self.config({"runtime": {"lowLevel": [low]}})
        if not self.managed:
            self.runtime = low

    # -- other containers --

    def neighbour(self, command="sleep 1000", edit=None):
        """Another container, which the low-level runtime alone has made; returns its box, with `pid`."""
        other = copy.copy(self)
        other.id, other.managed, other.runtime = self.id + "-n%d" % len(self.made), False, PROGRAMS[self.low]
        other.bundle = "%s/%s" % (world.BUNDLES, other.id)
        other.rootfs = other.bundle + "/rootfs"
        other.spec, other.text, other.command = spec.new(other.id), None, None
        other.lay_rootfs(other.rootfs)
        if edit is not None:
            edit(other)
        other.create(command)
        other.start()
        return other

    # -- the runtime --

    def lay(self, command=None):
        """Writes the bundle. COMMAND: a list of arguments, a text for a shell, None for what the spec has."""
        if command is not None:
            self.spec["process"]["args"] = self.argv(command)
        self.command = command
        with open(self.bundle + "/config.json", "w", encoding="utf-8", errors="surrogateescape") as out:
            out.write(self.text if self.text is not None else json.dumps(self.spec))
        self.out, self.pid_file = self.io + "/out-" + self.id, self.io + "/pid-" + self.id
        self.made.append(self)

    def create_by(self, *arguments, **more):
        """A call that makes the container of a bundle that is laid, in the attempt's own words; with `--pid-file` t.pid_file."""
        self.call(*arguments, out=self.out, **more)
        self.pid = int(self.read(self.pid_file))

    def create(self, command=None, *options, **more):
        self.lay(command)
        self.create_by("create", "--bundle", self.bundle, "--pid-file", self.pid_file, *options, self.id, **more)

    def start(self):
        self.call("start", self.id)

    def wait(self):
        """Waits for the container's first process; returns its exit code."""
        deadline = time.monotonic() + CALL_TIMEOUT
        while time.monotonic() < deadline:
            try:
                done, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:  # not ours, so the runtime's
                done, status = (0, 0) if os.path.exists("/proc/%d" % self.pid) else (self.pid, 0)
            if done:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.003)
        raise Failed("the container did not end: " + self.read(self.out)[-600:])

    def text_out(self):
        """What the container's first program has printed so far."""
        return self.output(self.command, self.read(self.out))

    def run(self, command=None, *options, **more):
        """create, start, wait, delete; returns what the container's program printed on either stream."""
        self.create(command, *options, **more)
        self.start()
        return self.ended()

    def ended(self):
        """Waits for a started container, deletes it, and returns what it printed."""
        self.wait()
        text = self.text_out()
        self.delete()
        return text

    def up(self, command="sleep 1000"):
        """A container that stays."""
        self.create(command)
        self.start()
        self.eventually(lambda: not isinstance(command, str) or self.nonce in self.read(self.out))
        self.text_out()

    def process(self, command, **members):
        """The process file of an exec, as Docker writes one: the container's own process with another command. Returns its path."""
        document = copy.deepcopy(self.spec["process"])
        document["args"] = self.argv(command)
        document.update(members)
        return self.write(self.io + "/process-%s.json" % secrets.token_hex(4), json.dumps(document), 0o600)

    def exec(self, command, *options, **members):
        """Runs COMMAND in the running container through a process file; MEMBERS replace members of it. Returns what it printed."""
        out = self.io + "/exec-" + secrets.token_hex(4)
        result = self.call("exec", *options, "--process", self.process(command, **members), self.id, out=out, check=False)
        if isinstance(command, str) and self.nonce not in result.text or result.log:
            judge("exec", result.code or "0, but no word of the program", result.text, result.log)
        return self.output(command, result.text)

    def update(self, resources):
        path = self.write(self.io + "/resources.json", json.dumps(resources), 0o600)
        self.call("update", "--resources", path, self.id)

    def state(self):
        return json.loads(self.call("state", self.id).text)

    def kill(self, number="KILL"):
        self.call("kill", self.id, number)

    def delete(self):
        self.call("delete", "--force", self.id)
        self.made = [box for box in self.made if box is not self]

    def call(self, *args, out=None, check=True, env=None, stdin=None, pass_fds=()):
        """The runtime with these arguments behind the options that engines give. A refusal is always raised; another
        failure is, unless CHECK is off. Both streams go to the file OUT."""
        log, out = self.io + "/log-" + secrets.token_hex(4), out or self.io + "/call-" + secrets.token_hex(4)
        argv = self.around + [self.runtime, "--root", STATE, "--log", log, "--log-format", "json"] + self.globals + [str(arg) for arg in args]
        before = self.snapshot() if self.managed else None
        self.start_state = self.start_state or before
        with open(out, "ab") as stream:
            process = subprocess.Popen(argv, stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL, stdout=stream,
                                       stderr=stream, cwd="/", env=dict(os.environ, **(env or {})), pass_fds=pass_fds)
            try:
                process.communicate(stdin.encode() if stdin is not None else None, timeout=CALL_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                raise Failed("no end of `%s`: %s" % (" ".join(str(arg) for arg in args), self.read(out)[-600:]))
        result = Result(process.returncode, self.read(out), self.read(log))
        try:
            # What a container's own program printed is not the runtime's word
            text = "" if out == getattr(self, "out", None) and process.returncode == 0 else result.text
            judge("%s of %s" % (args[0] if args else "call", self.low), process.returncode, text, result.log if process.returncode else "")
        except Failed:
            if check:
                raise
        except Exception:
            self.refusal = self.difference(before) if before else []
            raise
        return result

    # -- what is left --

    def snapshot(self):
        return {"mount": world.mounts(), "process": [pid for pid in world.processes() if pid not in self.holders and not _is_zombie(pid)],
                "cgroup": sorted(world.groups_with(self.id)),
                "file": [path for path in world.tree("/run") if not os.path.isdir(path) or self.id in path]}

    def difference(self, before, mine=()):
        """What there is now and was not then. A killed process takes a moment to go."""
        def look():
            now = self.snapshot()
            return ["%s: %s" % (kind, thing) for kind in before for thing in now[kind]
                    if thing not in before[kind] and not any(" %s " % path in str(thing) for path in mine)]
        left = []
        self.eventually(lambda: not left.__setitem__(slice(None), look()) and not left, 2)
        return left

    def finish(self):
        """Deletes what is there, and returns what cannot be got rid of that way."""
        for box in reversed(self.made):
            try:
                box.call("delete", "--force", box.id, check=False)
            except Exception:
                pass
        _reap()  # a namespace stays while a dead process in it has not been waited for
        left = self.difference(self.start_state, self.own_mounts) if self.start_state else []
        for pid in world.processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.eventually(lambda: (world.remove_groups(self.id), not world.groups_with(self.id))[1], 2)
        self.remove_planted()
        return left


def _reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def _is_zombie(pid):
    try:
        with open("/proc/%d/stat" % pid) as stat:
            return stat.read().rpartition(")")[2].split()[0] in "ZX"
    except OSError:
        return True
