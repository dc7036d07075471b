"""What an attempt through Docker gets as `t`: the client of a private dockerd, which has the low-level runtimes and closedclaw over each."""

import os
import shutil
import subprocess

from . import world
from .box import CALL_TIMEOUT, Result, Scratch
from .outcome import Failed, judge

ROOT, USER = "docker.io/cc/test:root", "docker.io/cc/test:user"
RUNTIMES = {("runc", False): "runc", ("crun", False): "crun", ("runc", True): "closedclaw", ("crun", True): "closedclaw-crun"}


class DockerBox(Scratch):
    image = ROOT

    def __init__(self, low, managed):
        super().__init__(low, managed)
        self.runtime = RUNTIMES[low, managed]
        self.volumes, self.containers = [], []
        self.prepare_host("/mnt/" + self.id)

    def docker(self, *args, check=True, timeout=CALL_TIMEOUT):
        """The docker client with these arguments. A refusal is always raised; another failure is, unless CHECK is off."""
        try:
            done = subprocess.run(["docker"] + [str(arg) for arg in args], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=timeout, encoding="utf-8", errors="replace")
        except subprocess.TimeoutExpired as late:
            raise Failed("no end of `docker %s`: %s" % (" ".join(map(str, args)), late.output))
        result = Result(done.returncode, done.stdout, "")
        if done.returncode and self.nonce not in result.text:
            try:
                judge("docker " + args[0], done.returncode, result.text)
            except Failed:
                if check:
                    raise
            except Exception:
                self.refusal = self.left(args[0] in ("run", "create", "start"))
                raise
        return result

    def name(self):
        self.containers.append("%s-%d" % (self.id, len(self.containers)))
        return self.containers[-1]

    def options(self, options, runtime):
        """Without a network where the attempt says nothing of one: Docker needs a tenth of a second for its bridge."""
        named = any(str(option).split("=")[0] in ("--network", "--net") for option in options)
        return ["--runtime", runtime or self.runtime] + ([] if named else ["--network", "none"]) + list(options)

    def run(self, *options, command="true", image=None, runtime=None):
        """`docker run --rm` with these options; returns what the container's program printed."""
        result = self.docker("run", "--rm", "--name", self.name(), *self.options(options, runtime), image or self.image,
                             *self.argv(command), check=isinstance(command, str))
        return self.output(command, result.text)

    def up(self, *options, command=("sleep", "1000"), image=None, runtime=None):
        """A container that stays; returns its name."""
        name = self.name()
        self.docker("run", "-d", "--name", name, *self.options(options, runtime), image or self.image, *self.argv(command))
        self.ran = self.ran or runtime is None
        return name

    def exec(self, name, *options, command):
        result = self.docker("exec", *options, name, *self.argv(command), check=isinstance(command, str))
        return self.output(command, result.text)

    def volume(self, *options):
        """A named volume; returns its name."""
        name = "%s-v%d" % (self.id, len(self.volumes))
        self.docker("volume", "create", *options, name)
        self.volumes.append(name)
        return name

    def neighbour(self, *options, command=("sleep", "1000")):
        """Another container, of the low-level runtime alone; returns its name."""
        return self.up(*options, command=command, runtime=self.low)

    def inspect(self, name, template):
        return self.docker("inspect", "-f", template, name).text.strip()

    def pid_of(self, name):
        return int(self.inspect(name, "{{.State.Pid}}"))

    def left(self, created):
        """What there is of a refused call: a process that the shell's first word tells; and when the call CREATED a container, whatever
        there is of the newest one."""
        name, found = self.containers[-1] if self.containers and created else None, []

        def look():
            # `docker run` without --rm leaves a container that was never started; that is Docker's own record
            ids = self._ids(name) if name else []
            now = ["container: " + line for line in self._ps(name) if "Created" not in line] if name else []
            now += ["process: %d" % pid for pid in world.processes() if self.nonce in self.read("/proc/%d/cmdline" % pid)
                    and not self.read("/proc/%d/cmdline" % pid).startswith("docker")]
            for one in ids:
                now += ["mount: " + line for line in world.mounts() if one in line] + ["cgroup: " + path for path in world.groups_with(one)]
                now += ["file: " + path for path in world.tree("/run") if one in path and "/closedclaw/" in path or one in path and "/runtime-" in path]
            found[:] = now
            return not now
        self.eventually(look, 3)
        return found

    def _ps(self, name):
        listed = subprocess.run(["docker", "ps", "-a", "--no-trunc", "--filter", "name=" + name, "--format", "{{.ID}} {{.Status}}"],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=CALL_TIMEOUT, text=True)
        return listed.stdout.splitlines()

    def _ids(self, name):
        return [line.split()[0] for line in self._ps(name)]

    def finish(self):
        ids = self._ids(self.id)
        for args in (["rm", "-f", "-v"] + self.containers, ["volume", "rm", "-f"] + self.volumes):
            if len(args) > 3:
                subprocess.run(["docker"] + args, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
        self.remove_planted()
        for path in reversed(self.own_mounts):
            world.umount(path)
        shutil.rmtree(self.host, ignore_errors=True)
        return ["mount: " + line for line in world.mounts() for one in ids if one in line] \
            + ["cgroup: " + path for one in ids for path in world.groups_with(one)] \
            + ["directory: " + self.host] * os.path.exists(self.host)
