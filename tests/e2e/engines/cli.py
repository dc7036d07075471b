"""Docker and Podman, through their command lines."""

import http.client
import json
import os
import socket

from . import base, machine


class _UnixHTTP(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("docker", timeout=60)
        self._path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(60)
        self.sock.connect(self._path)


class Cli(base.Engine):
    PROGRAM = None
    REMOVE = ("rm", "-f", "-v")
    PLAIN = "runc"  # a runtime that the engine has of its own

    def cmd(self, *args, **kwargs):
        return self.machine.run(self.PROGRAM, *args, **kwargs)

    def _run_argv(self, args, runtime):
        return [self.PROGRAM, "run", "--runtime=" + (runtime or self.runtime)] + list(args)

    def run(self, *args, runtime=None, **kwargs):
        """`run` with the runtime under test; the arguments are those after it."""
        return self.machine.run(*self._run_argv(args, runtime), **kwargs)

    def run_terminal(self, *args, typed="", **kwargs):
        return self.machine.terminal(*self._run_argv(args, None), typed=typed, **kwargs)

    def create(self, *args, **kwargs):
        argv = self._run_argv(args, None)
        argv[argv.index("run")] = "create"
        return self.machine.run(*argv, **kwargs)

    def exec(self, *args, **kwargs):
        return self.machine.run(self.PROGRAM, "exec", *args, **kwargs)

    def running(self, name, *args, runtime=None):
        """A container of that name that stays; the arguments are options and image."""
        result = self.run("-d", "--name", name, *args, "sleep", "1000", runtime=runtime)
        assert result.code == 0, "cannot start: %s" % result
        return name

    def inspect(self, name, template):
        return self.cmd("inspect", "-f", template, name, check=True).out.strip()

    def pid_of(self, name):
        return int(self.inspect(name, "{{.State.Pid}}"))

    def containers(self):
        return self.cmd("ps", "-aq", "--no-trunc", check=True).out.split()

    def clean(self):
        left = self.containers()
        if left:
            self.cmd(*self.REMOVE, *left, timeout=90)


class Docker(Cli):
    PROGRAM = "docker"
    DAEMON = {"storage-driver": "overlay2"}
    MORE_RUNTIMES = {}  # beside the engine's own and those under test

    def launch(self):
        config = dict(self.DAEMON, runtimes=dict(
            self.MORE_RUNTIMES, **{name: {"path": self.runtime_path(name)} for name in base.RUNTIMES}))
        self.machine.write("/etc/docker/daemon.json", json.dumps(config))
        daemon = self.machine.start("dockerd", "dockerd", "-l", "warn")
        self.machine.wait_for("docker", "version", process=daemon)
        self.cmd("load", "-i", self.IMAGES, check=True)

    def api(self, method, path, body=None):
        """One call of the engine's API; returns the status and the decoded answer."""
        client = _UnixHTTP(self.machine.path("/run/docker.sock"))
        try:
            client.request(method, path, json.dumps(body) if body is not None else None,
                           {"Content-Type": "application/json"})
            answer = client.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if text.strip() else None
        finally:
            client.close()


class Docker20(Docker):
    SUITE = "bookworm"


class Docker26(Docker):
    SUITE = "trixie"


class Docker28(Docker):
    SUITE = "sid"


class DockerHere(Docker):
    """The Docker of the machine that the tests run on: the virtual machine's, which systemd started."""

    def start(self):
        log_dir = "/var/log/closedclaw-e2e"
        os.makedirs(log_dir, exist_ok=True)
        self.machine = machine.Local(self.name, log_dir)
        os.makedirs(base.WORKSPACES, mode=0o755, exist_ok=True)
        self.machine.wait_for("docker", "version", timeout=300)
        self.cmd("load", "-i", self.IMAGES, check=True, timeout=300)


class Podman(Cli):
    PROGRAM = "podman"
    REMOVE = ("rm", "-f", "-t", "0", "-v")

    def launch(self):
        runtimes = "".join('%s = ["%s"]\n' % (name, self.runtime_path(name)) for name in base.RUNTIMES)
        json_names = ", ".join('"%s"' % name for name in base.RUNTIMES + ("runc", "crun"))
        self.machine.write("/etc/containers/containers.conf", (
            '[containers]\nlog_driver = "k8s-file"\ndefault_sysctls = []\n'
            '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\nruntime = "runc"\n'
            'runtime_supports_json = [%s]\n[engine.runtimes]\n%s') % (json_names, runtimes))
        self.machine.write("/etc/containers/storage.conf", (
            '[storage]\ndriver = "overlay"\nrunroot = "/run/containers/storage"\n'
            'graphroot = "/var/lib/containers/storage"\n'))
        self.cmd("load", "-i", self.IMAGES, check=True)

    def _run_argv(self, args, runtime):
        return [self.PROGRAM, "--runtime", runtime or self.runtime, "run"] + list(args)


class Podman43(Podman):
    SUITE = "bookworm"


class Podman54(Podman):
    SUITE = "trixie"
