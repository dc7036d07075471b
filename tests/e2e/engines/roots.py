"""Engine roots: one directory tree for each Debian release, with that release's container engines unpacked.

Packages are resolved and verified by the host's apt with a package state of its own, and unpacked without running
their maintainer scripts. That takes seconds, leaves the host's own packages alone, and gives the same engines on any
Debian host.
"""

import concurrent.futures
import fcntl
import glob
import hashlib
import json
import os
import shutil
import subprocess
import tempfile

FORMAT = 6  # raise these when the way a root or the virtual machine's disk is made changes
VM_FORMAT = 5
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"

_COMMON = [
    "base-files", "busybox-static", "ca-certificates", "containerd", "crun", "dash", "docker.io", "iptables",
    "libc-bin", "nftables", "runc",
]
_PODMAN = ["aardvark-dns", "catatonit", "conmon", "containernetworking-plugins", "netavark", "podman"]

PACKAGES = {
    "bookworm": _COMMON + _PODMAN,
    "trixie": _COMMON + _PODMAN + ["docker-cli"],
    "sid": _COMMON + ["containernetworking-plugins", "docker-cli"],
}

VM_PACKAGES = [
    "apparmor", "busybox-static", "crun", "dbus", "docker-cli", "docker.io", "iproute2", "iptables", "kmod",
    "linux-image-cloud-amd64", "nftables", "python3", "runc", "systemd", "systemd-sysv", "udev",
]


def cache_dir():
    here = os.path.dirname(os.path.abspath(__file__))
    default = os.path.join(os.path.dirname(os.path.dirname(here)), ".cache")
    path = os.path.abspath(os.environ.get("CC_TEST_CACHE") or default)
    os.makedirs(path, mode=0o755, exist_ok=True)
    return path


def mirror():
    """The base address of the Debian archive that this host is configured to use."""
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(COMPONENT) $(LABEL) $(RELEASE)",
         "Created-By: Packages"], check=True, stdout=subprocess.PIPE, text=True, timeout=60).stdout
    fallback = None
    for line in listing.splitlines():
        fields = line.split(" ")
        uri, component, label, release = fields[0], fields[1], fields[2], fields[-1]
        if component != "main" or "security" in release:
            continue
        if label == "Debian":
            return uri.rstrip("/")
        if not label and fallback is None:  # no list fetched yet, so the label is not known
            fallback = uri.rstrip("/")
    if fallback is None:
        raise RuntimeError("no Debian archive in this host's apt sources")
    return fallback


def proxy_environment():
    """apt's proxy, for debootstrap, which does not read apt's configuration."""
    env = dict(os.environ)
    shown = subprocess.run(["apt-config", "shell", "p", "Acquire::http::Proxy"], stdout=subprocess.PIPE, text=True,
                           timeout=30).stdout.strip()
    if shown.startswith("p='") and "http_proxy" not in env:
        env["http_proxy"] = shown[3:-1]
    return env


def _run(argv, log, timeout=600, **kwargs):
    with open(log, "ab") as out:
        done = subprocess.run(argv, stdout=out, stderr=out, stdin=subprocess.DEVNULL, timeout=timeout, **kwargs)
    if done.returncode != 0:
        with open(log, "rb") as text:
            tail = text.read()[-3000:].decode("utf-8", "replace")
        raise RuntimeError("%s failed (%d):\n%s" % (argv[0], done.returncode, tail))


def _download(suite, work, log):
    """Resolves and fetches a release's packages with the host's apt; returns the package files."""
    for sub in ("state/lists/partial", "cache/archives/partial"):
        os.makedirs(os.path.join(work, sub))
    open(os.path.join(work, "status"), "w").close()
    with open(os.path.join(work, "sources.list"), "w") as sources:
        sources.write("deb [signed-by=%s] %s %s main\n" % (KEYRING, mirror(), suite))
    apt = ["apt-get", "-q", "-y"]
    for key, value in {
            "Dir::Etc::sourcelist": work + "/sources.list", "Dir::Etc::sourceparts": "-",
            "Dir::Etc::preferences": "/dev/null", "Dir::Etc::preferencesparts": "-",
            "Dir::State": work + "/state", "Dir::State::status": work + "/status", "Dir::Cache": work + "/cache",
            "APT::Sandbox::User": "root", "APT::Install-Recommends": "false", "Acquire::Languages": "none",
            # unstable's index expires within a week, which a mirror that lags outlives; its signature is checked
            "Acquire::Check-Valid-Until": "false",
            "APT::Default-Release": "", "DPkg::Lock::Timeout": "60"}.items():
        apt += ["-o", "%s=%s" % (key, value)]
    _run(apt + ["update"], log)
    _run(apt + ["--download-only", "install"] + PACKAGES[suite], log)
    debs = sorted(glob.glob(work + "/cache/archives/*.deb"))
    if not debs:
        raise RuntimeError("apt fetched no package for " + suite)
    return debs


def _unpack(deb, root):
    data = subprocess.Popen(["dpkg-deb", "--fsys-tarfile", deb], stdout=subprocess.PIPE)
    skip = ["usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info", "usr/lib/gcc"]
    tar = subprocess.run(
        ["tar", "-x", "-p", "--numeric-owner", "--keep-directory-symlink", "-C", root]
        + ["--exclude=./%s" % path for path in skip], stdin=data.stdout, stderr=subprocess.PIPE, text=True, timeout=300)
    data.stdout.close()
    if data.wait() != 0 or tar.returncode != 0:
        raise RuntimeError("cannot unpack %s: %s" % (os.path.basename(deb), tar.stderr[-500:]))


_FILES = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/usr/sbin/nologin\n",
    "etc/group": "root:x:0:\ndocker:x:101:\nnogroup:x:65534:\n",
    "etc/hostname": "closedclaw-test\n",
    "etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "etc/resolv.conf": "nameserver 192.0.2.53\n",
    "etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    "etc/containers/policy.json": '{"default":[{"type":"insecureAcceptAnything"}]}\n',
    "etc/containers/registries.conf": "",
}


def _finish(root):
    """What the packages' maintainer scripts would have done, as far as the engines need it."""
    for path, text in _FILES.items():
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), mode=0o755, exist_ok=True)
        with open(full, "w") as out:
            out.write(text)
    for tool in ("iptables", "iptables-save", "iptables-restore", "ip6tables", "ip6tables-save", "ip6tables-restore"):
        link = os.path.join(root, "usr/sbin", tool)
        if not os.path.lexists(link):
            os.symlink("xtables-nft-multi", link)
    if not os.path.lexists(os.path.join(root, "usr/bin/sh")):
        os.symlink("dash", os.path.join(root, "usr/bin/sh"))
    for link, target in (("var/run", "/run"), ("var/lock", "/run/lock")):
        path = os.path.join(root, link)
        if os.path.isdir(path) and not os.path.islink(path):
            os.rmdir(path)
        if not os.path.lexists(path):
            os.symlink(target, path)
    applets = subprocess.run([os.path.join(root, "usr/bin/busybox"), "--list"], check=True, stdout=subprocess.PIPE,
                             text=True, timeout=30).stdout.split()
    for applet in applets:  # behind the packages' own programs in PATH
        link = os.path.join(root, "usr/local/bin", applet)
        if applet != "busybox" and not os.path.lexists(link):
            os.symlink("/usr/bin/busybox", link)
    for path in ("dev", "home", "opt/closedclaw", "proc", "run", "srv", "sys", "tmp", "root", "mnt", "var/tmp",
                 "var/lib/docker", "var/lib/containerd", "var/lib/containers", "etc/docker", "etc/containerd",
                 "etc/closedclaw", "etc/cni/net.d", "usr/local/bin"):
        os.makedirs(os.path.join(root, path), mode=0o755, exist_ok=True)


def _skeleton(root):
    # Debian's merged /usr: the links must exist before a package brings a real directory of that name.
    for name in ("bin", "sbin", "lib", "lib64"):
        os.makedirs(os.path.join(root, "usr", name), mode=0o755, exist_ok=True)
        os.symlink("usr/" + name, os.path.join(root, name))
    os.makedirs(os.path.join(root, "usr/local/bin"), mode=0o755)


def _make_engine_root(suite, root, work, log):
    debs = _download(suite, work, log)
    _skeleton(root)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(_unpack, deb, root) for deb in debs]:
            done.result()
    _finish(root)
    versions = {}
    for deb in debs:
        name, version = os.path.basename(deb).split("_")[:2]
        versions[name] = version
    with open(os.path.join(root, "versions.json"), "w") as out:
        json.dump(versions, out, indent=1, sort_keys=True)


_VM_UNITS = {
    # What a run brings is a tar archive on the second disk; it has to be there before dockerd reads its configuration.
    "closedclaw-payload.service":
        "[Unit]\nDefaultDependencies=no\nRequires=local-fs.target\nAfter=local-fs.target\n"
        "Before=docker.service containerd.service sysinit.target\n"
        "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/usr/bin/tar -x -f /dev/vdb -C / --no-same-owner\n"
        "[Install]\nWantedBy=sysinit.target\n",
    "closedclaw-e2e.service":
        "[Unit]\nAfter=docker.service\nWants=docker.service\n"
        "[Service]\nType=oneshot\nStandardInput=null\nStandardOutput=file:/dev/ttyS1\nStandardError=file:/dev/ttyS1\n"
        "ExecStart=/bin/sh /opt/e2e/guest.sh\nExecStopPost=/usr/bin/systemctl poweroff --force --force\n"
        "[Install]\nWantedBy=multi-user.target\n",
}
_VM_MASKED = ("apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer",
              "e2scrub_reap.service", "fstrim.timer", "getty@.service", "serial-getty@.service",
              "systemd-networkd-wait-online.service", "systemd-pcrphase.service", "systemd-random-seed.service")


def _prepare_vm_root(root):
    units = os.path.join(root, "etc/systemd/system")
    for name, text in _VM_UNITS.items():
        with open(os.path.join(units, name), "w") as out:
            out.write(text)
        target = text.rsplit("WantedBy=", 1)[1].strip()
        os.makedirs(os.path.join(units, target + ".wants"), exist_ok=True)
        os.symlink("../" + name, os.path.join(units, target + ".wants", name))
    for name in _VM_MASKED:
        path = os.path.join(units, name)
        if not os.path.lexists(path):
            os.symlink("/dev/null", path)
    with open(os.path.join(root, "etc/fstab"), "w") as out:
        out.write("/dev/vda / ext4 defaults 0 0\n")
    # Only Docker's own profile is wanted, which dockerd makes; to load all of the package's takes 20 s there.
    profiles = os.path.join(root, "etc/apparmor.d")
    for name in os.listdir(profiles):
        if os.path.isfile(os.path.join(profiles, name)):
            os.remove(os.path.join(profiles, name))
    for waste in ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale"):
        shutil.rmtree(os.path.join(root, waste), ignore_errors=True)


def _make_vm(_suite, out, work, log):
    """The virtual machine's disk, kernel, and initial RAM disk. Here the maintainer scripts matter: they make the
    initial RAM disk and systemd's users."""
    root = os.path.join(work, "vm")
    _run(["debootstrap", "--variant=minbase", "--include=" + ",".join(VM_PACKAGES), "trixie", root, mirror()], log,
         timeout=1200, env=proxy_environment())
    _prepare_vm_root(root)
    for name, pattern in (("vmlinuz", "vmlinuz-*"), ("initrd", "initrd.img-*")):
        shutil.copy2(glob.glob(os.path.join(root, "boot", pattern))[0], os.path.join(out, name))
    shutil.copy2(os.path.join(root, "usr/bin/busybox"), os.path.join(out, "busybox"))
    _run(["mke2fs", "-q", "-t", "ext4", "-d", root, os.path.join(out, "disk.img"), "3G"], log)


_KINDS = {"vm": ("trixie", VM_PACKAGES, _make_vm)}
for _suite in PACKAGES:
    _KINDS[_suite] = (_suite, PACKAGES[_suite], _make_engine_root)


def path_of(kind):
    version = VM_FORMAT if kind == "vm" else FORMAT
    key = hashlib.sha256(repr((version, _KINDS[kind][:2])).encode()).hexdigest()[:10]
    return os.path.join(cache_dir(), "roots", "%s-%s" % (kind, key))


def ensure(kind):
    """Returns the root of a kind ("bookworm", "trixie", "sid", "vm"), making it first if the cache lacks it.

    A root appears under its final name only when it is complete, so a killed run leaves nothing that counts.
    """
    final = path_of(kind)
    if os.path.isdir(final):
        return final
    os.makedirs(os.path.dirname(final), mode=0o755, exist_ok=True)
    with open(final + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two runs with one cache: the second finds what the first made
        if os.path.isdir(final):
            return final
        suite, _, make = _KINDS[kind]
        for stale in glob.glob(final + ".new-*"):
            shutil.rmtree(stale, ignore_errors=True)
        build = tempfile.mkdtemp(prefix=os.path.basename(final) + ".new-", dir=os.path.dirname(final))
        os.chmod(build, 0o755)
        try:
            root, work = os.path.join(build, "root"), os.path.join(build, "work")
            os.mkdir(root, 0o755)
            os.mkdir(work, 0o755)
            make(suite, root, work, final + ".log")
            os.rename(root, final)
        finally:
            shutil.rmtree(build, ignore_errors=True)
    return final


def versions(root):
    with open(os.path.join(root, "versions.json")) as text:
        return json.load(text)
