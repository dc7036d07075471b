"""Test images, made on the spot from a static busybox: no registry is asked for anything.

One archive in the format of `docker save`, which docker, podman, and ctr all load. Its images share one layer:

    cc/test:root      no user, so uid 0 by the engine's reading
    cc/test:user      USER 1000:1000
    cc/test:health    as root, with a health check that reads /tmp/healthy
    cc/test:pause     what a Kubernetes pod sandbox runs
"""

import hashlib
import io
import json
import os
import subprocess
import tarfile

NAME = "docker.io/cc/test"
TAGS = {
    "root": {"Cmd": ["sh"]},
    "user": {"Cmd": ["sh"], "User": "1000:1000"},
    "health": {"Cmd": ["sleep", "1000"],
               "Healthcheck": {"Test": ["CMD-SHELL", "test -e /tmp/healthy"], "Interval": 1000000000,
                               "Timeout": 10000000000, "Retries": 3}},
    "pause": {"Cmd": ["sleep", "100000"]},
}
ENV = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/probe"]

_FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nagent:x:1000:1000:agent:/home/agent:/bin/sh\n"
                  "nobody:x:65534:65534:nobody:/:/bin/false\n",
    "etc/group": "root:x:0:\nagent:x:1000:\nnogroup:x:65534:\n",
    "etc/hostname": "", "etc/hosts": "", "etc/resolv.conf": "",
    "srv/www/index.html": "reached-the-server\n",
}
_DIRS = (("bin", 0o755), ("dev", 0o755), ("etc", 0o755), ("home", 0o755), ("proc", 0o755), ("sys", 0o755),
         ("probe", 0o755), ("run", 0o755), ("root", 0o700), ("srv", 0o755), ("srv/www", 0o755), ("tmp", 0o1777),
         ("usr", 0o755), ("usr/bin", 0o755), ("usr/sbin", 0o755), ("sbin", 0o755), ("var", 0o755),
         ("var/tmp", 0o1777), ("workspace", 0o755))


def _add(tar, name, data=b"", mode=0o644, kind=tarfile.REGTYPE, target="", uid=0):
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.type, entry.linkname, entry.uid, entry.gid = len(data), mode, kind, target, uid, uid
    tar.addfile(entry, io.BytesIO(data) if data else None)


def root_tar(busybox, probes=None):
    """The root file system as the bytes of a tar archive."""
    with open(busybox, "rb") as program:
        code = program.read()
    applets = subprocess.run([busybox, "--list"], check=True, stdout=subprocess.PIPE, text=True, timeout=30).stdout
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for name, mode in _DIRS:
            _add(tar, name, mode=mode, kind=tarfile.DIRTYPE)
        _add(tar, "home/agent", mode=0o755, kind=tarfile.DIRTYPE, uid=1000)
        _add(tar, "bin/busybox", code, 0o755)
        for applet in sorted(set(applets.split()) - {"busybox"}):
            _add(tar, "bin/" + applet, kind=tarfile.SYMTYPE, target="busybox", mode=0o777)
        for name, text in _FILES.items():
            _add(tar, name, text.encode())
        for name in sorted(os.listdir(probes)) if probes and os.path.isdir(probes) else ():
            path = os.path.join(probes, name)
            if os.path.isfile(path) and os.access(path, os.X_OK):
                with open(path, "rb") as program:
                    # euid belongs to root and has the set-user-id bit: what that gives is for a test to see
                    _add(tar, "probe/" + name, program.read(), 0o4755 if name == "euid" else 0o755)
    return out.getvalue()


def archive(path, busybox, probes=None):
    """Writes the archive with all images to `path`."""
    layer = root_tar(busybox, probes)
    digest = hashlib.sha256(layer).hexdigest()
    manifest, configs = [], []
    for tag, config in TAGS.items():
        body = json.dumps({
            "architecture": {"x86_64": "amd64", "aarch64": "arm64"}[os.uname().machine], "os": "linux",
            "config": dict({"Env": ENV}, **config), "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest]},
            "history": [{"created_by": "test"}], "created": "2024-01-01T00:00:00Z",
        }).encode()
        name = hashlib.sha256(body).hexdigest() + ".json"
        configs.append((name, body))
        manifest.append({"Config": name, "RepoTags": ["%s:%s" % (NAME, tag)], "Layers": [digest + "/layer.tar"]})
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as tar:
        for name, body in configs:
            _add(tar, name, body)
        _add(tar, digest, kind=tarfile.DIRTYPE, mode=0o755)
        _add(tar, digest + "/VERSION", b"1.0")
        _add(tar, digest + "/json", json.dumps({"id": digest}).encode())
        _add(tar, digest + "/layer.tar", layer)
        _add(tar, "manifest.json", json.dumps(manifest).encode())
    return path
