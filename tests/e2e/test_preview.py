"""What `closedclaw preview` says, beside what the runtime then really does."""

import hashlib
import json
import os

from harness import BARE, BOTH, DOCKER, PODMAN, ROOT, equal, expect, expect_refused, test
from test_explain import configured, is_sandboxed


def hide(value):
    """The document without values of variables, as the preview shows it."""
    if isinstance(value, list):
        return [hide(v) for v in value]
    if isinstance(value, dict):
        return {k: [e.split("=", 1)[0] + "=…" for e in v] if k == "env" and isinstance(v, list) else hide(v)
                for k, v in value.items()}
    return value


def tree(top):
    """Everything below TOP: names, kinds, owners, modes, times, contents."""
    found = {}
    for directory, names, files in os.walk(top):
        for name in [""] + names + files:
            path = os.path.join(directory, name)
            st, text = os.lstat(path), b""
            if os.path.isfile(path) and not os.path.islink(path):
                with open(path, "rb") as file:
                    text = file.read()
            found[path] = (st.st_mode, st.st_uid, st.st_gid, st.st_mtime_ns, st.st_ctime_ns, hashlib.sha256(text).digest())
    return found


def preview(e, *args, code):
    config = "/etc/closedclaw/%s.json5" % e.runtime
    return json.loads(expect(e.closedclaw("preview", "--json", "--spec", "--config", config, *args), code=code).out)


# -- bare bundles: the very document --


def without_namespace(kind):
    def edit(spec):
        spec["linux"]["namespaces"] = [n for n in spec["linux"]["namespaces"] if n["type"] != kind]
    return edit


def with_mount(destination, source, *options, kind="bind"):
    def edit(spec):
        spec["mounts"].append({"destination": destination, "type": kind, "source": source, "options": list(options)})
    return edit


def with_process(**members):
    return lambda spec: spec["process"].update(members)


def with_linux(**members):
    return lambda spec: spec["linux"].update(members)


def tight(spec):
    spec["root"]["readonly"] = True
    spec["process"]["user"] = {"uid": 1000, "gid": 1000}
    spec["process"]["noNewPrivileges"] = True


def both(spec):
    without_namespace("pid")(spec)
    with_mount("/x", "/etc", "rbind")(spec)
    with_process(cwd="/proc/self")(spec)


BUNDLES = (
    lambda spec: None, tight, both, without_namespace("cgroup"), without_namespace("network"), without_namespace("ipc"),
    with_mount("/data", "/var/lib/preview-data", "rbind", "rshared"), with_mount("/data", "/var/lib/preview-data", "rbind", "ro"),
    with_mount("/data", "/var/lib/preview-missing", "rbind"), with_mount("/x", "/run", "bind"), with_mount("/proc/x", "tmpfs", kind="tmpfs"),
    with_mount("/t", "tmpfs", "size=0", kind="tmpfs"), with_process(env=["LD_PRELOAD=/x", "PATH=.:/bin", "A=1", "A=2"]),
    with_process(user={"uid": 4294967295, "gid": 0}), with_process(oomScoreAdj=-500), with_linux(sysctl={"kernel.msgmax": "1"}),
    with_linux(cgroupsPath="../x"), with_linux(resources={"memory": {"limit": 99 << 30}, "pids": {"limit": -1}}),
    lambda spec: spec.update(hooks={"prestart": [{"path": "/bin/true"}]}), lambda spec: spec.update(hostname=5),
    lambda spec: spec["root"].update(path="missing"),
)


@test(BARE, low=BOTH)
def bundles_become_what_was_previewed(e):
    os.makedirs(e.machine.path("/var/lib/preview-data"), exist_ok=True)
    for number, edit in enumerate(BUNDLES):
        name = "box%d" % number
        where = e.bundle(name, ["true"], edit)
        before = tree(e.machine.path(where))
        said = preview(e, where, code=(0, 2))
        equal(tree(e.machine.path(where)), before, "the bundle after a preview")
        # the same limits and place as the command had: its own hard limits are what limits are cut to
        made = e.machine.run("sh", "-c", 'exec "$@" </dev/null >/tmp/box.out 2>&1', "sh", e.runtime_path(), "--root",
                             e.state_dir, "create", "--bundle", where, name)
        made.out = e.machine.read("/tmp/box.out")
        if said["verdict"] == "refused":
            expect_refused(made, said["refused"][0]["rule"])
            assert said["refused"][0]["message"] in made.text, "bundle %d: %s, but previewed %s" % (number, made, said["refused"])
            equal(tree(e.machine.path(where)).keys(), before.keys(), "the bundle after a refusal")
            continue
        equal((said["verdict"], made.code), ("runs", 0), "bundle %d, %s" % (number, made))
        equal(hide(json.loads(e.machine.read(where + "/config.json"))), said["spec"], "config.json of bundle %d" % number)
        noted = preview(e, where, code=(0, 2))
        assert name in "".join(noted["notes"]), "no word of the container that is there: %s" % noted
        expect(e.call("delete", "--force", name))


# -- Docker: the arguments --

ARGUMENTS = (
    (), ("-u", "1000:1000"), ("--read-only", "--cap-drop", "ALL", "-m", "64m", "--pids-limit", "7", "--cpus", "0.5"),
    ("-v", "/var/lib/preview-data:/data"), ("-v", "/var/lib/preview-data:/workspace:ro"), ("--tmpfs", "/t:exec,size=1m"),
    ("-v", "previewed:/v"), ("--ulimit", "nofile=64:64", "--shm-size", "1m"), ("-e", "LD_PRELOAD=/x", "-w", "/tmp"),
    ("--network", "none"), ("--security-opt", "systempaths=unconfined"), ("--init",), ("-v", "/var/lib/preview-new/a:/a"),
    ("--privileged",), ("--network", "host"), ("--pid", "host"), ("--ipc", "host"), ("--uts", "host"), ("-v", "/etc:/x"),
    ("-v", "/:/x:ro"), ("-v", "/run/docker.sock:/s"), ("--cap-add", "SYS_ADMIN"), ("--security-opt", "seccomp=unconfined"),
    ("--device", "/dev/full:/dev/x", "--device", "/dev/kmsg"), ("-w", "/proc/self/fd/3"), ("--sysctl", "net.ipv4.ip_forward=1"),
    ("--mount", "type=bind,src=/var/lib/preview-data,dst=/data,bind-propagation=rshared"), ("-v", "/etc/preview-new:/x"),
    ("--device-cgroup-rule", "c 1:11 r"), ("--cgroupns", "host", "--oom-score-adj", "500"),
)
# Of fields that are given twice Docker's client takes the last; Podman takes none.
TWICE = (
    ("--mount", "type=bind,source=/etc,target=/data,src=/var/lib/preview-data"),
    ("--mount", "type=bind,source=/var/lib/preview-data,target=/data,src=/etc"),
    ("--mount", "type=tmpfs,type=bind,src=/var/lib/preview-data,dst=/t,readonly,ro=false"), ("--network", "name=none,name=host"),
)


def essence(spec):
    """What this is all about, without the files that Docker makes for itself and what its versions differ in."""
    process, linux = spec["process"], spec["linux"]
    own = ("/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/dev/shm", "/sys/fs/cgroup")
    mounts = {m["destination"]: (m["type"], sorted(o.replace("rro", "ro") for o in m.get("options", [])))
              for m in spec["mounts"] if m["destination"] not in own}
    limits = linux["resources"]
    return {"user": {k: v for k, v in process["user"].items() if v}, "cwd": process["cwd"],
            "capabilities": {k: sorted(v) for k, v in process["capabilities"].items()},
            "no_new_privs": process["noNewPrivileges"], "read_only": spec["root"]["readonly"],
            "rlimits": sorted((r["type"], r["soft"], r["hard"]) for r in process["rlimits"] if r["type"] != "RLIMIT_NOFILE"),
            "namespaces": sorted((n["type"], n.get("path", "")) for n in linux["namespaces"]), "mounts": mounts,
            "limits": [limits.get(k) and {n: v for n, v in limits[k].items() if v} for k in ("memory", "cpu", "pids")],
            "devices": sorted(d["path"] for d in linux.get("devices", [])), "sysctl": linux.get("sysctl", {}).get("x"),
            "oom": process.get("oomScoreAdj", 0)}


@test(DOCKER)
def arguments_become_what_was_previewed(e):
    os.makedirs(e.machine.path("/var/lib/preview-data"), exist_ok=True)
    for number, arguments in enumerate(ARGUMENTS + TWICE):
        name = "box%d" % number
        command = ("--runtime", "closedclaw") + arguments + (ROOT, "sleep", "1000")
        said = preview(e, "--", "docker", "run", *command, code=(0, 2))
        # -d: the runtime has then made everything, and the client gives its answer
        made = e.run("-d", "--name", name, *arguments, ROOT, "sleep", "1000")
        if said["verdict"] == "refused":
            expect_refused(made, *[r["rule"] for r in said["refused"]][:1])
            continue
        equal((said["verdict"], made.code), ("runs", 0), "%s: %s" % (arguments, made))
        where = e.machine.run("sh", "-c", "ls -d /run/docker/containerd/daemon/io.containerd.runtime.v2.task/moby/%s* "
                              "/run/containerd/io.containerd.runtime.v2.task/moby/%s* 2>/dev/null"
                              % ((e.inspect(name, "{{.Id}}"),) * 2)).out.strip()
        real = essence(json.loads(e.machine.read(where + "/config.json")))
        equal({k: real[k] for k in real}, essence(said["spec"]), "the configuration for %s" % (arguments,))
        expect(e.cmd("rm", "-f", "-v", name))


@test(PODMAN)
def podmans_arguments_are_judged_alike(e):
    """Podman writes a configuration of its own, so only the verdict is compared."""
    os.makedirs(e.machine.path("/var/lib/preview-data"), exist_ok=True)
    # where nothing is Podman itself fails, and with --ulimit it asks for its host's limits, which machines without
    # CAP_SYS_RESOURCE cannot give
    others = {"/var/lib/preview-new/a:/a", "/etc/preview-new:/x", "/run/docker.sock:/s", "--ulimit"}
    situations = [a for a in ARGUMENTS if not others & set(a)] + [("--uidmap", "0:0:1000"), ("--personality", "LINUX32")]
    for number, arguments in enumerate(situations):
        name = "box%d" % number
        said = preview(e, "--", "podman", "run", *arguments, ROOT, "sleep", "1000", code=(0, 2))
        made = e.run("-d", "--name", name, *arguments, ROOT, "sleep", "1000")
        if said["verdict"] == "refused":
            expect_refused(made, *[r["rule"] for r in said["refused"]])
            continue
        equal((said["verdict"], made.code), ("runs", 0), "%s: %s" % (arguments, made))
        expect(e.cmd("rm", "-f", "-t", "0", "-v", name))


# -- Docker: who it is taken for --

LABELS = (
    (), ("-l", "closedclaw.session=agent:main:main"), ("-l", "closedclaw.agent=free"), ("-l", "closedclaw.agent=FREE"), ("-l", "closedclaw.agent="),
    # of a label that is given twice Docker keeps the last value, and of the command line before a file's
    ("-l", "openclaw.sessionKey=agent:main:x", "-l", "openclaw.sessionKey=agent:main:main"),
    ("-l", "openclaw.sessionKey=agent:main:main", "-l", "openclaw.sessionKey=agent:main:x"),
    ("-l", "clawdbot.sessionKey=agent:main:main", "-l", "openclaw.sessionKey=agent:main:x"),
    ("-l", "closedclaw.session=", "-l", "openclaw.sessionKey=agent:main:main"), ("-l", "closedclaw.session=agent:main:main:thread:1"),
    ("--label-file", "/var/lib/preview-labels"), ("-l", "closedclaw.agent=other", "--label-file", "/var/lib/preview-labels"), ("--label-file", "/var/lib/preview-labels", "-l", "closedclaw.agent"),
    ("--annotation", "closedclaw.io/agent=free"), ("--annotation", "closedclaw.io/agent=", "-l", "closedclaw.agent=free"),
    ("--annotation", "closedclaw.io/agent=other", "-l", "closedclaw.agent=free"),
)


@test(("docker26", "docker28"))
def labels_make_the_agent_that_was_previewed(e):
    """In a preview as in the runtime: who is free of the sandbox and who is not."""
    e.machine.write("/var/lib/preview-labels", "# none\n closedclaw.agent=free\nnothing=\n")
    text = """{ agents: { defaults: { sandbox: { mode: 'non-main' } }, list: [
      { id: 'free', sandbox: { mode: 'off' } }, { id: 'other', sandbox: { mode: 'all' } } ] } }"""
    with configured(e, text):
        for arguments in LABELS:
            said = expect(e.closedclaw("preview", "--json", "--", "docker", "run", "--runtime", "closedclaw", *arguments, ROOT))
            equal({"runs": True, "untouched": False}[json.loads(said.out)["verdict"]], is_sandboxed(e, *arguments), "sandboxed with %s" % (arguments,))
