"""The virtual machine: systemd, cgroup version 2 and AppArmor, which a development machine may lack.

It boots an unchanging disk from the cache, with a second disk that is a tar archive of what this run brings: these
tests, the runtime, its configurations and the images. Inside, the same test functions run on the machine's own
Docker; their lines come back over the second serial port.
"""

import io
import json
import os
import re
import shutil
import subprocess
import tarfile
import tempfile
import time

from . import base, image, roots

TIMEOUT = 20 * 60  # it needs 6 minutes of a processor of its own, and shares the machine with the other engines
STALL = 6 * 60

_GUEST = """cd /opt/e2e
export CC_E2E_SLOW=6 PYTHONDONTWRITEBYTECODE=1
{
echo "     guest: $(uname -r), $(stat -f -c %%T /sys/fs/cgroup), AppArmor $(cat /sys/module/apparmor/parameters/enabled)"
echo "     guest: dockerd running after $(cut -d' ' -f1 /proc/uptime) s"
python3 run.py --here --engine vm --names /opt/e2e/selected --runtime %s
}
"""


class _Payload:
    def __init__(self, path):
        self._tar = tarfile.open(path, "w", format=tarfile.GNU_FORMAT)

    def write(self, path, text, mode=0o644):
        data = text if isinstance(text, bytes) else text.encode()
        entry = tarfile.TarInfo(path.lstrip("/"))
        entry.size, entry.mode = len(data), mode
        self._tar.addfile(entry, io.BytesIO(data))

    def copy(self, source, target):
        with open(source, "rb") as text:
            self.write(target, text.read(), 0o755 if os.access(source, os.X_OK) else 0o644)

    def close(self):
        self._tar.close()


def _make_payload(path, names, runtime, tests, busybox):
    payload = _Payload(path)
    for parent, children, files in os.walk(tests):
        children[:] = [child for child in children if child != "__pycache__"]
        for name in files:
            source = os.path.join(parent, name)
            payload.copy(source, "/opt/e2e/" + os.path.relpath(source, tests))
    payload.copy(os.path.join(os.path.dirname(tests), "probe/expected.py"), "/opt/e2e/expected.py")
    payload.write("/opt/e2e/selected", "\n".join(names) + "\n")
    payload.write("/opt/e2e/guest.sh", _GUEST % ("passthrough" if runtime == "passthrough" else base.BINARY))
    base.install_runtime(payload.write, runtime, payload.copy)
    paths = {name: base.BINARY if name == "closedclaw" and runtime != "passthrough" else "%s/%s" % (base.HOME, name)
             for name in base.RUNTIMES}
    payload.write("/etc/docker/daemon.json", json.dumps({
        "storage-driver": "overlay2", "runtimes": {name: {"path": where} for name, where in paths.items()}}))
    images = path + ".images"
    image.archive(images, busybox, base.probe_dir())
    payload.copy(images, base.Engine.IMAGES)
    payload.close()
    with open(path, "ab") as out:  # a disk is a whole number of sectors
        out.truncate((os.path.getsize(path) + 0xfffff) & ~0xfffff)


def _command(vm, payload, results):
    return [
        "qemu-system-x86_64", "-accel", "tcg,tb-size=256",
        # What the emulation survives: other models, more processors, or cmpxchg16b make this kernel die in kmalloc.
        "-cpu", "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,-cx16", "-smp", "1", "-m", "3072", "-display", "none", "-no-reboot",
        "-kernel", vm + "/vmlinuz", "-initrd", vm + "/initrd",
        "-append", "root=/dev/vda rw console=ttyS0 apparmor=1 security=apparmor mitigations=off quiet "
                   "systemd.show_status=0 random.trust_cpu=on",
        "-drive", "file=%s/disk.img,if=virtio,format=raw,snapshot=on" % vm,
        "-drive", "file=%s,if=virtio,format=raw,snapshot=on" % payload,
        "-nic", "none", "-serial", "stdio", "-serial", "file:" + results, "-monitor", "none",
    ]


_LINE = re.compile(r"^(ok  |FAIL) (vm/\S+ \S+) \(([0-9.]+) s\)$")


def _parse(lines, say):
    """Turns the guest's lines into (name, problem or None, seconds); a failure's details follow its line."""
    failure = None
    for line in lines:
        line = line.rstrip("\r\n")
        if failure and line.startswith("     | "):
            failure[1].append(line[7:])
            continue
        if failure:
            yield failure[0], "\n".join(failure[1]), failure[2]
            failure = None
        match = _LINE.match(line)
        if match and match.group(1) == "FAIL":
            failure = (match.group(2), [], float(match.group(3)))
        elif match:
            yield match.group(2), None, float(match.group(3))
        elif line.strip():
            say("vm: " + line.strip()[:300])
    if failure:
        yield failure[0], "\n".join(failure[1]), failure[2]


def _follow(process, results, deadline):
    """The lines of a growing file, until the process ends."""
    rest, heard = "", time.monotonic()
    with open(results, "r", errors="replace", newline="\n") as text:
        while True:
            ended = process.poll() is not None
            piece = text.read()
            *lines, rest = (rest + piece).split("\n")
            yield from lines
            if ended and not piece:
                return
            if piece:
                heard = time.monotonic()
            if time.monotonic() > deadline:
                raise TimeoutError("the virtual machine did not end within %d s" % TIMEOUT)
            if time.monotonic() > heard + STALL:
                raise TimeoutError("nothing from the virtual machine for %d s" % STALL)
            time.sleep(0.3)


_running = []  # (process, its scratch directory)


def stop():
    """Ends the machine, for whoever has to end in a hurry."""
    for process, scratch in _running:
        process.kill()
        process.wait()
        shutil.rmtree(scratch, ignore_errors=True)


def run(names, runtime, tests, say):
    """Boots the machine, runs the named tests in it, and yields (name, problem or None, seconds) for each."""
    vm = roots.ensure("vm")
    scratch = tempfile.mkdtemp(prefix="cc-e2e-vm-", dir="/var/tmp")
    process = None
    try:
        payload, results, console = (os.path.join(scratch, name) for name in ("payload", "results", "console"))
        _make_payload(payload, names, runtime, tests, vm + "/busybox")
        open(results, "w").close()
        with open(console, "wb") as log:
            process = subprocess.Popen(_command(vm, payload, results), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       env=dict(os.environ, TMPDIR=scratch))
        _running.append((process, scratch))
        count = 0
        for result in _parse(_follow(process, results, time.monotonic() + TIMEOUT), say):
            count += 1
            yield result
        if count < len(names):
            with open(console, errors="replace") as log:
                raise RuntimeError("%d of %d results; the console's end:\n%s" % (count, len(names), log.read()[-3000:]))
    finally:
        if process is not None:
            _running.clear()
            process.kill()
            process.wait()
        shutil.rmtree(scratch, ignore_errors=True)
