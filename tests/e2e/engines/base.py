"""What every engine has: its machine, the runtime under test, and the images."""

import contextlib
import glob
import os
import shutil
import subprocess
import tempfile
import threading

from . import image, machine, roots

HOME = "/opt/closedclaw"
BINARY = HOME + "/closedclaw-runtime"
COMMAND = HOME + "/closedclaw-command"  # the operator's `closedclaw`, which was built beside the runtime
CONFIG = "/etc/closedclaw/closedclaw.json5"
WORKSPACES = "/var/lib/closedclaw/sandboxes"

_CONFIGS = {
    "closedclaw": '{ runtime: { lowLevel: ["/usr/bin/runc"] } }\n',
    "closedclaw-crun": '{ runtime: { lowLevel: ["/usr/bin/crun"] } }\n',
    "closedclaw-report": '{ runtime: { lowLevel: ["/usr/bin/runc"], enforcement: "report" } }\n',
    "closedclaw-network": '{ runtime: { lowLevel: ["/usr/bin/runc"] },\n'
                          '  agents: { defaults: { sandbox: { docker: { network: "bridge" } } } } }\n',
}
RUNTIMES = tuple(_CONFIGS)

_probe_lock = threading.Lock()


def probe_dir():
    """tests/probe/*.c, each compiled into a static program for the test image; returns their directory."""
    tests = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    out = os.path.join(roots.cache_dir(), "probe")
    with _probe_lock:
        os.makedirs(out, exist_ok=True)
        sources = sorted(glob.glob(os.path.join(tests, "probe", "*.c")))
        names = {os.path.splitext(os.path.basename(path))[0]: path for path in sources}
        for stale in set(os.listdir(out)) - set(names):
            with contextlib.suppress(FileNotFoundError):
                os.remove(os.path.join(out, stale))
        for name, source in names.items():
            program = os.path.join(out, name)
            if os.path.exists(program) and os.path.getmtime(program) > os.path.getmtime(source):
                continue
            # beside the directory: another run may look for stale files there, or make the same program
            with tempfile.TemporaryDirectory(prefix="probe-", dir=roots.cache_dir()) as scratch:
                made = os.path.join(scratch, name)
                subprocess.run(["cc", "-std=gnu17", "-O2", "-static", "-no-pie", "-o", made, source],
                               check=True, timeout=120)
                os.rename(made, program)
    return out


def install_runtime(write, runtime, copy):
    """Puts the runtime under test where the engines look for it.

    `runtime` is the path of closedclaw-runtime, or "passthrough" for the low-level runtimes alone: then the smoke
    tests check themselves. One name per configuration, since an engine has one environment for all its runtimes.
    """
    if runtime != "passthrough":
        copy(runtime, BINARY)
        command = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(runtime))), "cli/closedclaw")
        if os.path.exists(command):
            copy(command, COMMAND)
    for name, text in _CONFIGS.items():
        config = CONFIG if name == "closedclaw" else "/etc/closedclaw/%s.json5" % name
        write(config, text, 0o644)
        if runtime == "passthrough":
            low = "/usr/bin/crun" if name == "closedclaw-crun" else "/usr/bin/runc"
            write("%s/%s" % (HOME, name), '#!/bin/sh\nexec %s "$@"\n' % low, 0o755)
        elif name == "closedclaw":
            write("%s/%s" % (HOME, name), '#!/bin/sh\nexec %s "$@"\n' % BINARY, 0o755)
        else:
            write("%s/%s" % (HOME, name), '#!/bin/sh\nCLOSEDCLAW_CONFIG=%s exec %s "$@"\n' % (config, BINARY), 0o755)


class Engine:
    SUITE = None  # which engine root
    IMAGES = "/var/tmp/images.tar"

    def __init__(self, name, runtime):
        self.name, self.runtime_file = name, runtime
        self.low = "runc"
        self.machine = None

    @property
    def passthrough(self):
        return self.runtime_file == "passthrough"

    @property
    def runtime(self):
        """The name of the runtime under test, over the low-level runtime that the test asked for."""
        return "closedclaw" if self.low == "runc" else "closedclaw-crun"

    def runtime_path(self, name=None):
        name = name or self.runtime
        return BINARY if name == "closedclaw" and not self.passthrough else "%s/%s" % (HOME, name)

    def start(self):
        base = roots.ensure(self.SUITE)
        self.machine = machine.Machine(self.name, base)
        install_runtime(self.machine.write, self.runtime_file,
                        lambda source, target: shutil.copy2(source, self.machine.path(target)))
        image.archive(self.machine.path(self.IMAGES), base + "/usr/bin/busybox", probe_dir())
        os.makedirs(self.machine.path(WORKSPACES), mode=0o755, exist_ok=True)
        self.launch()

    def launch(self):
        """Starts the engine in its machine and loads the images."""

    def clean(self):
        """Removes what a test left behind."""

    def close(self):
        if self.machine is not None:
            self.machine.close()

    def closedclaw(self, *args, **kwargs):
        """The operator's command, on the engine's host."""
        return self.machine.run(COMMAND, *args, **kwargs)

    def run_inside(self, *argv, **kwargs):
        return self.machine.run(*argv, **kwargs)
