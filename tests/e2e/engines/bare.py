"""Bare bundles: the runtime called by hand, as an engine would."""

import json
import os
import shutil
import tarfile

from . import base, image, roots


class Bare(base.Engine):
    """Bundles live in /var/lib/bundles/ID; `run` and `create` take a function that edits config.json first."""

    BUNDLES = "/var/lib/bundles"

    def launch(self):
        busybox = os.path.join(roots.ensure(self.SUITE), "usr/bin/busybox")
        tar = self.machine.path("/var/tmp/rootfs.tar")
        with open(tar, "wb") as out:
            out.write(image.root_tar(busybox, base.probe_dir()))
        self._template = json.loads(self._spec())

    def _spec(self):
        self.machine.run("mkdir", "-p", "/tmp/spec", check=True)
        self.machine.run("/usr/bin/runc", "spec", "--bundle", "/tmp/spec", check=True)
        return self.machine.read("/tmp/spec/config.json")

    def bundle(self, name, args, edit=None):
        """Makes a bundle; returns its directory in the machine."""
        where = "%s/%s" % (self.BUNDLES, name)
        outside = self.machine.path(where)
        shutil.rmtree(outside, ignore_errors=True)
        os.makedirs(outside + "/rootfs", mode=0o755)
        with tarfile.open(self.machine.path("/var/tmp/rootfs.tar")) as tar:
            for member in tar.getmembers():
                tar.extract(member, outside + "/rootfs", numeric_owner=True)
        spec = json.loads(json.dumps(self._template))
        spec["process"]["args"] = list(args)
        spec["process"]["terminal"] = False
        spec["process"]["env"] = list(image.ENV)
        spec["root"] = {"path": "rootfs", "readonly": False}
        spec["linux"]["cgroupsPath"] = "/bare/" + name
        if edit is not None:
            edit(spec)
        self.machine.write(where + "/config.json", json.dumps(spec))
        return where

    def raw(self, where, text):
        """Replaces a bundle's config.json by a text."""
        self.machine.write(where + "/config.json", text)

    def call(self, *args, runtime=None, **kwargs):
        """The runtime under test, with these arguments."""
        return self.machine.run(self.runtime_path(runtime), "--root", self.state_dir, *args, **kwargs)

    @property
    def state_dir(self):
        return "/run/bare-" + self.low

    def run(self, name, *args, edit=None, runtime=None, **kwargs):
        where = self.bundle(name, args, edit)
        return self.call("run", "--bundle", where, name, runtime=runtime, **kwargs)

    def running(self, name, *args, edit=None):
        """A container that stays."""
        where = self.bundle(name, args or ("sleep", "1000"), edit)
        # The streams of a detached container are the caller's: a pipe of ours would never see its end.
        result = self.machine.run("sh", "-c", 'exec "$@" </dev/null >/tmp/%s.out 2>&1' % name, "sh", self.runtime_path(),
                                  "--root", self.state_dir, "run", "-d", "--bundle", where, name)
        assert result.code == 0, "cannot start: %s%s" % (result, self.machine.read("/tmp/%s.out" % name))
        return name

    def exec(self, name, *args, **kwargs):
        return self.call("exec", name, *args, **kwargs)

    def state(self, name):
        return json.loads(self.call("state", name).out)

    def clean(self):
        for low in ("runc", "crun"):
            self.low = low
            outside = self.machine.path(self.state_dir)
            for name in os.listdir(outside) if os.path.isdir(outside) else ():
                if name.startswith("."):  # crun's own
                    continue
                self.call("delete", "--force", name)
        shutil.rmtree(self.machine.path(self.BUNDLES), ignore_errors=True)


class Bare12(Bare):
    SUITE = "bookworm"


class Bare13(Bare):
    SUITE = "trixie"


class BareSid(Bare):
    SUITE = "sid"
