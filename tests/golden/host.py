"""A host as the recorded calls saw it: a private mount namespace in which everything that they name is there."""
import copy
import ctypes
import json
import os
import re
import resource
import shutil
import socket
import subprocess

GOLDEN = "/srv/golden"
OUT = GOLDEN + "/out"
LOW_LEVEL = f"""#!/bin/sh
# Stands for runc: keeps what it was given.
printf '%s\\0' "$@" > {OUT}/argv
while [ $# -gt 0 ]; do
  case $1 in
    --bundle) cat "$2/config.json" > {OUT}/document ;;
    --process|--resources) cat "$2" > {OUT}/document ;;
  esac
  shift
done
"""
CONFIG = f"""{{ runtime: {{ lowLevel: ["{GOLDEN}/lowlevel"] }}, audit: {{ file: "{GOLDEN}/audit.jsonl" }} }}"""
FILES = ("hosts", "hostname", "resolv.conf", ".containerenv", "docker-init", "catatonit", "etc-hosts", "passwd", "group")
NS_PATH = re.compile(r"^/proc/(\d+)/ns/")
NOFILE = 16384
CLONE_NEWNS, MS_REC, MS_PRIVATE, MS_BIND = 0x20000, 0x4000, 0x40000, 0x1000

libc = ctypes.CDLL(None, use_errno=True)


def need(result, what):
    if result != 0:
        raise OSError(ctypes.get_errno(), f"{what}: {os.strerror(ctypes.get_errno())}")


def mount(source, target, kind, flags=0, data=None):
    need(libc.mount(source.encode(), target.encode(), kind.encode() if kind else None, ctypes.c_ulong(flags),
                    data.encode() if data else None), f"mount at {target}")


class Outcome:
    """What came of a call: either the low-level runtime's argv (without its name) and document, or the refusal."""

    def __init__(self):
        self.argv = self.document = self.refusal = None
        self.status, self.stdout, self.stderr, self.log = 0, "", "", ""
        self.kept_config = True  # a refused call left the bundle as it was


def without_refused(call):
    """The call without what its recording asks for only to see how that looks, or None when nothing is left out: host
    files and tokens, volumes that are other places, overlays, shared propagation, devices, hooks, sysctls."""
    variant = copy.deepcopy(call)
    document = variant["document"]
    linux = document["linux"]
    document["mounts"] = [m for m in document["mounts"] if not is_refused_mount(m)]
    if "devices" in linux:
        linux["devices"] = [d for d in linux["devices"] if d["path"] in ("/dev/null", "/dev/tty")]
    if "devices" in linux["resources"]:
        rules = linux["resources"]["devices"]
        linux["resources"]["devices"] = [r for r in rules if not r["allow"] or r.get("major") in (1, 5, 136)]
    for section, name in ((linux, "rootfsPropagation"), (linux.get("sysctl", {}), "net.ipv4.ip_forward")):
        if section.get(name) in ("shared", "1"):
            del section[name]
    hooks = document.get("hooks") or {}
    for stage in hooks:
        hooks[stage] = [h for h in hooks[stage] if h["path"].startswith("/proc/")]
    return variant if json.dumps(variant) != json.dumps(call) else None


def is_refused_mount(m):
    source = m.get("source", "")
    return (source.startswith("/etc/") or source.endswith((".sock", "/volbind/_data")) or m.get("type") == "overlay"
            or m["destination"].startswith("/var/run/secrets/kube") or "rshared" in m.get("options", [])
            or source == "/srv/engines" or "/subpath" in source)


class Host:
    def __init__(self, runtime):
        with open(runtime, "rb") as f:
            program = f.read()
        self.pods = {}  # sandbox id: (its process, the pid of the recording)
        self.enter()
        self.write(GOLDEN + "/closedclaw-runtime", program, 0o755)
        self.write(GOLDEN + "/lowlevel", LOW_LEVEL.encode(), 0o755)
        self.write(GOLDEN + "/closedclaw.json5", CONFIG.encode(), 0o644)
        os.makedirs(OUT)

    def enter(self):
        os.umask(0o022)
        need(libc.unshare(CLONE_NEWNS), "unshare (needs root)")
        mount("none", "/", None, MS_REC | MS_PRIVATE)
        for place in ("/srv", "/run", "/tmp", "/var/tmp", "/sys/fs/cgroup"):
            os.makedirs(place, exist_ok=True)
            mount("tmpfs", place, "tmpfs", 0, "mode=755")
        # The same limits everywhere: a kernel with swap accounting and cpu bandwidth
        self.write("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes", b"")
        self.write("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", b"")
        # no daemon's preference when memory runs out, which a container would not be left
        with open("/proc/self/oom_score_adj", "r+", encoding="ascii") as f:
            if int(f.read()) < 0:
                f.write("0")
        # and one hard limit of open files, which caps are cut to
        resource.setrlimit(resource.RLIMIT_NOFILE, (4096, NOFILE))

    @staticmethod
    def write(path, data, mode=0o644):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data)
        os.chmod(path, mode)

    def close(self):
        for process, _ in self.pods.values():
            process.kill()
            process.wait()

    # -- what a configuration names --

    def make_source(self, m):
        path = m["source"]
        if os.path.lexists(path):
            return
        if path.endswith(".sock"):
            os.makedirs(os.path.realpath(os.path.dirname(path)), exist_ok=True)
            with socket.socket(socket.AF_UNIX) as s:
                s.bind(path)
        elif os.path.basename(path) in FILES or m["destination"] == "/dev/termination-log":
            self.write(path, b"", 0o755 if path.endswith(("init", "catatonit")) else 0o644)
        else:
            os.makedirs(path)
            if path.endswith("/volbind/_data"):  # a named volume with o=bind,device=/etc
                mount("/etc", path, None, MS_BIND)

    def make_docker(self, call, path):
        """Docker's own record of the container, whose files it mounts."""
        unconfined = call["case"] == "35seccomp"
        record = {"Privileged": call["case"] == "21priv", "SecurityOpt": ["seccomp=unconfined"] if unconfined else None}
        self.write(path + "/hostconfig.json", json.dumps(record).encode())
        self.write(path + "/config.v2.json", b'{"Config":{"Labels":{}}}')

    def make_bundle(self, call):
        document, bundle = call["document"], option(call["argv"], "--bundle")
        os.makedirs(bundle, exist_ok=True)
        os.chmod(bundle, 0o700)
        for part in ("proc", "sys", "dev", "etc"):
            os.makedirs(os.path.join(bundle, document["root"]["path"], part), exist_ok=True)
        for m in document["mounts"]:
            if m.get("source", "").startswith("/"):
                self.make_source(m)
                if "/containers/" + call["argv"][-1] in m["source"] and m["destination"] == "/etc/hostname":
                    self.make_docker(call, os.path.dirname(m["source"]))
        self.write(bundle + "/config.json", text_of(document))

    # -- pods --

    def in_pod(self, call):
        """The call with the processes of its pod's sandbox alive, or None when it joins none."""
        annotations = call["document"].get("annotations", {})
        sandbox = annotations.get("io.kubernetes.cri.sandbox-id") or annotations.get("io.kubernetes.cri-o.SandboxID")
        joined = [NS_PATH.match(n.get("path", "")) for n in call["document"]["linux"]["namespaces"]]
        pids = {m.group(1) for m in joined if m}
        if sandbox is None or len(pids) != 1:
            return None
        if sandbox not in self.pods:
            self.start_sandbox(option(call["argv"], "--root"), sandbox, pids.pop())
        process, recorded = self.pods[sandbox]
        variant = copy.deepcopy(call)
        variant["pid"] = (recorded, str(process.pid))
        for n in variant["document"]["linux"]["namespaces"]:
            if "path" in n:
                n["path"] = n["path"].replace(f"/proc/{recorded}/", f"/proc/{process.pid}/")
        return variant

    def start_sandbox(self, root, sandbox, recorded):
        process = subprocess.Popen(["sleep", "600"])
        with open(f"/proc/{process.pid}/stat", encoding="utf-8") as f:
            start = f.read().rsplit(")", 1)[1].split()[19]
        state = {"init_process_pid": process.pid, "init_process_start": int(start)}
        self.write(os.path.join(root or "/run/runc", sandbox, "state.json"), json.dumps(state).encode(), 0o600)
        self.pods[sandbox] = (process, recorded)

    # -- calls --

    def call(self, call):
        shutil.rmtree(OUT)
        os.makedirs(OUT)
        stdin = None
        if call["kind"] == "config":
            self.make_bundle(call)
        elif call["kind"] == "process":
            self.write(option(call["argv"], "--process"), text_of(call["document"]), 0o600)
        elif call["kind"] == "resources":
            stdin = text_of(call["document"])
            if option(call["argv"], "--resources") != "-":
                self.write(option(call["argv"], "--resources"), stdin, 0o600)
        for name in ("--log", "--pid-file"):
            if option(call["argv"], name):
                os.makedirs(os.path.dirname(option(call["argv"], name)), exist_ok=True)
        log = option(call["argv"], "--log")
        if log and os.path.exists(log):
            os.unlink(log)
        done = subprocess.run([GOLDEN + "/closedclaw-runtime"] + call["argv"], input=stdin or b"", capture_output=True,
                              env={"PATH": os.environ["PATH"], "CLOSEDCLAW_CONFIG": GOLDEN + "/closedclaw.json5"},
                              cwd=GOLDEN, timeout=30)
        return self.outcome(call, done, log)

    def outcome(self, call, done, log):
        o = Outcome()
        o.status, o.stdout, o.stderr = done.returncode, done.stdout.decode(), done.stderr.decode()
        o.log = read(log).decode() if log and os.path.exists(log) else ""
        if not os.path.exists(OUT + "/argv"):
            lines = (o.log or o.stderr).splitlines()
            last = lines[-1] if lines else ""
            o.refusal = json.loads(last)["msg"] if o.log and last.startswith("{") else last
            if call["kind"] == "config":
                o.kept_config = read(option(call["argv"], "--bundle") + "/config.json") == text_of(call["document"])
            return o
        o.argv = [re.sub(r"^/proc/self/fd/\d+$", "/proc/self/fd/N", a)
                  for a in read(OUT + "/argv").decode().split("\0")[:-1]]
        if os.path.exists(OUT + "/document"):
            o.document = read(OUT + "/document").decode()
            if "pid" in call:
                o.document = o.document.replace(f"/proc/{call['pid'][1]}/", f"/proc/{call['pid'][0]}/")
        return o


def text_of(document):
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def read(path):
    with open(path, "rb") as f:
        return f.read()


def option(argv, name):
    """The value of NAME as `--name value` or `--name=value`, or None."""
    for i, a in enumerate(argv):
        if a == name and i + 1 < len(argv):
            return argv[i + 1]
        if a.startswith(name + "="):
            return a[len(name) + 1:]
    return None
