"""What must hold of every call's outcome, whatever the golden files say."""
import json
import re

SETS = ("bounding", "effective", "inheritable", "permitted", "ambient")
OWN = {"pid", "ipc", "uts", "mount", "network", "cgroup"}
MEMORY, PIDS, CPUS, NOFILE = 2 << 30, 512, 2, 16384
ALLOWED_DEVICES = {(1, 3), (1, 5), (1, 7), (1, 8), (1, 9), (5, 0), (5, 1), (5, 2)}
STEERING = ("run.oci.", "krun.", "module.wasm.", "io.containerd.runc.v2.", "org.criu.")
REFUSAL = re.compile(r"^closedclaw: refused \[[a-z0-9-]+\] [^\n]+: [^\n]+$")


def outcome(call, o):
    """The form of every answer: a clean hand-over, or one line and nothing done."""
    bad = []
    if o.refusal is None:
        if o.status != 0 or o.stderr or o.log:
            bad.append(f"handed over, but status {o.status}, stderr {o.stderr!r}, log {o.log!r}")
        return bad
    if o.status == 0:
        bad.append("refused with status 0")
    if not REFUSAL.match(o.refusal):
        bad.append(f"not a line of a refusal: {o.refusal!r}")
    if o.log and (o.log.count("\n") != 1 or set(json.loads(o.log)) != {"level", "msg", "time"}):
        bad.append(f"not one object in the log: {o.log!r}")
    if o.stdout:
        bad.append(f"refused with output {o.stdout!r}")
    if not o.kept_config:
        bad.append("refused, but config.json was changed")
    return bad


def passed_on(call, o):
    if o.refusal is not None:
        return [] if call["case"] == "62args" else [f"refused: {o.refusal}"]
    return [] if o.argv == call["argv"] else [f"arguments changed: {o.argv}"]


def members_survive(given, got, mark):
    before, after = given.count(mark), got.count(mark)
    return [] if before == after > 0 else [f"{after} of {before} unknown members survive"]


def remove_marks(value):
    if isinstance(value, dict):
        value.pop("x-unknown", None)
        for v in value.values():
            remove_marks(v)
    elif isinstance(value, list):
        for v in value:
            remove_marks(v)


def document(call, d):
    bad = []

    def must(condition, what):
        if not condition:
            bad.append("must hold: " + what)

    if call["kind"] == "process":
        process(d, must)
    elif call["kind"] == "resources":
        limits(d, must, False)
        must("devices" not in d, "no device rules in an update")
    else:
        process(d["process"], must)
        limits(d["linux"]["resources"], must, True)
        config(d, must)
    return bad


def process(p, must):
    must(all(p["capabilities"].get(s) == [] for s in SETS), "all five capability sets are there and empty")
    must(set(p["capabilities"]) == set(SETS), "no further capability set")
    must(p["noNewPrivileges"] is True, "noNewPrivileges")
    must(p["user"]["uid"] != 0, "uid is not 0")
    must(0 not in p["user"].get("additionalGids", []), "no group 0")
    must(p["cwd"].startswith("/"), "cwd is absolute")
    must(not any(e.startswith(("LD_", "BASH_ENV=", "ENV=")) for e in p.get("env", [])), "clean environment")
    caps = {r["type"]: r for r in p["rlimits"]}
    must(len(caps) == len(p["rlimits"]), "each rlimit once")
    must(caps["RLIMIT_NOFILE"]["hard"] <= NOFILE, "open files")
    must(all(caps["RLIMIT_" + n]["hard"] == 0 for n in ("CORE", "NICE", "RTPRIO")), "no core, no priorities")
    must(not {"scheduler", "ioPriority", "execCPUAffinity"} & set(p), "no scheduling")


def limits(r, must, create):
    memory, cpu, pids = r.get("memory", {}), r.get("cpu", {}), r.get("pids", {})
    if create or "limit" in memory:
        must(0 < memory["limit"] <= MEMORY, "memory limit")
        must(memory["limit"] <= memory.get("swap", memory["limit"] if not create else 0) <= MEMORY, "swap limit")
    if create or "limit" in pids:
        must(0 < pids["limit"] <= PIDS, "pids limit")
    if create or "quota" in cpu:
        must(0 < cpu["quota"] <= CPUS * cpu["period"], "cpu quota")
    must("realtimeRuntime" not in cpu and "kernel" not in memory, "no realtime, no kernel memory")


def config(d, must):
    linux = d["linux"]
    sandbox = d.get("annotations", {}).get("io.kubernetes.cri.container-type") == "sandbox"
    namespaces = {n["type"]: n.get("path", "") for n in linux["namespaces"]}
    must(d["root"]["readonly"] is True, "root is read-only")
    must(len(namespaces) == len(linux["namespaces"]) and OWN <= set(namespaces), "all namespaces, once")
    must(sandbox or namespaces["network"] == "", "an own network namespace")
    must(all(p == "" or p.startswith("/proc/") for t, p in namespaces.items() if t != "network"), "no named namespace")
    must(not d.get("hooks") or not any(d["hooks"].values()), "no hooks")
    must(linux["seccomp"]["defaultAction"] in ("SCMP_ACT_ERRNO", "SCMP_ACT_KILL_PROCESS"), "seccomp denies by default")
    must(not any(a.startswith(STEERING) for a in d.get("annotations", {})), "no steering annotation")
    must({"/proc/kcore", "/sys/firmware", "/proc/keys"} <= set(linux["maskedPaths"]), "masked paths")
    must({"/proc/sys", "/proc/sysrq-trigger"} <= set(linux["readonlyPaths"]), "read-only paths")
    devices(linux, must)
    mounts(d["mounts"], must, sandbox)


def devices(linux, must):
    rules = linux["resources"]["devices"]
    must(rules[0].get("allow") is not True and "major" not in rules[0], "all devices denied first")
    for r in rules[1:]:
        number = (r.get("major"), r.get("minor"))
        must(not r.get("allow") or number in ALLOWED_DEVICES or number[0] == 136, f"device {number} allowed")
    for node in linux.get("devices", []):
        must((node["major"], node["minor"]) in ALLOWED_DEVICES, f"device node {node['path']}")


def mounts(entries, must, sandbox):
    places = {m["destination"]: m for m in entries}
    for place in ("/proc", "/dev", "/tmp", "/var/tmp", "/run", "/workspace"):
        must(place in places or (sandbox and place == "/workspace"), f"a mount at {place}")
    for m in entries:
        options = m.get("options", [])
        if m.get("type") == "tmpfs":
            sizes = [o for o in options if o.startswith("size=")]
            must(sizes and all(size(o) <= 256 << 20 for o in sizes), f"size of the tmpfs at {m['destination']}")
        if "bind" in options or "rbind" in options:
            must(not m["destination"].startswith(("/proc", "/sys")), f"bind at {m['destination']}")
            must(not {"shared", "rshared", "suid", "dev"} & set(options), f"options of the bind at {m['destination']}")
        if m.get("type") in ("cgroup", "sysfs"):
            must("ro" in options and "rw" not in options, f"read-only at {m['destination']}")


def size(option):
    number, unit = re.match(r"size=(\d+)([kmg]?)", option).groups()
    return int(number) << {"": 0, "k": 10, "m": 20, "g": 30}[unit]
