"""What was created is read back at start: whoever altered it meanwhile, its program never runs."""

import json
import os
import shutil

from engines.base import CONFIG
from harness import BARE, BOTH, CONTAINERD, DOCKER, PODMAN, ROOT, VM, equal, eventually, expect, expect_refused, test
from test_enforce_bare import nothing_left, restore_config, with_config
from test_robust import BINARY, TOOLS, config_of, create, detached, low_environment, state_of, states, tool

MARKS = "/var/tmp/marks"
PROGRAM = ["sh", "-c", "echo ran; echo ran >/marks/ran; sleep 1000"]


def marks(e):
    """An empty directory of the host in which a container's program leaves a mark."""
    shutil.rmtree(e.machine.path(MARKS), ignore_errors=True)
    os.makedirs(e.machine.path(MARKS))
    os.chmod(e.machine.path(MARKS), 0o777)
    return e.machine.path(MARKS)


def bind_marks(spec):
    spec["mounts"].append({"destination": "/marks", "type": "bind", "source": MARKS, "options": ["rbind", "rw"]})


def created(e, edit=None, env=None):
    """A container that was created and not started; returns the number of its first process in the machine."""
    def both(spec):
        bind_marks(spec)
        if edit is not None:
            edit(spec)
    marks(e)
    where = e.bundle("box", PROGRAM, both)
    os.makedirs(e.machine.path(where + "/rootfs/marks"))  # a root of a user namespace could not make it
    detached(e, "box", BINARY, "--root", e.state_dir, "create", "--bundle", where, "box",
             env=env or low_environment(e))
    return e.state("box")["pid"]


def start(e, **kwargs):
    return e.machine.run(BINARY, "--root", e.state_dir, "start", "box", env=low_environment(e), **kwargs)


def did_not_run(e, result, *texts):
    """The start was refused for this difference, the program did not run, and the container can be cleaned up."""
    expect_refused(result, "attest")
    assert "container `box`: " in result.text, result
    for text in texts:
        assert text in result.text, "`%s` is missing: %s" % (text, result)
    eventually(lambda: e.state("box")["status"] == "stopped", what="the end of the container")
    equal(os.listdir(e.machine.path(MARKS)), [], "marks of the program")
    equal(e.machine.read("/tmp/box.out"), "", "output of the program")
    expect(e.call("delete", "box"))
    nothing_left(e)
    equal(states(e), [], "states")


def runs(e):
    expect(start(e))
    eventually(lambda: os.path.exists(e.machine.path(MARKS + "/ran")), what="the program")


def meddle(e, pid, *args):
    expect(e.machine.run(tool(e, "meddle"), pid, *args))


# -- honest containers --


@test(BARE, low=BOTH)
def an_honest_container_starts(e):
    created(e)
    runs(e)
    expect(e.call("exec", "box", "true"))


@test(BARE, low=BOTH)
def a_second_start_ends_nothing(e):
    created(e)
    runs(e)
    again = start(e)
    assert again.code != 0 and "closedclaw" not in again.text, again
    equal(e.state("box")["status"], "running", "status after a second start")


@test(BARE, low=BOTH)
def an_honest_container_in_a_user_namespace_starts(e):
    def edit(spec):
        spec["linux"]["namespaces"].append({"type": "user"})
        for name in ("uidMappings", "gidMappings"):
            spec["linux"][name] = [{"containerID": 0, "hostID": 100000, "size": 70000}]
        spec["process"]["user"] = {"uid": 1000, "gid": 1000, "additionalGids": [5, 6]}
    created(e, edit)
    runs(e)


def many_mounts(spec):
    spec["mounts"] += [
        {"destination": "/link/deep", "type": "tmpfs", "source": "tmpfs"},
        {"destination": "/ro", "type": "tmpfs", "source": "tmpfs", "options": ["ro", "noexec", "size=64k"]},
        {"destination": "/tree", "type": "bind", "source": "/var/tmp/tree", "options": ["rbind", "ro"]},
        {"destination": "/follows", "type": "bind", "source": "/var/tmp/tree", "options": ["rbind", "rslave"]},
        {"destination": "/tree/into", "type": "bind", "source": "/var/tmp/a-file", "options": ["bind"]},
    ]
    spec["linux"]["maskedPaths"] = ["/etc/hostname", "/usr/share"]
    spec["linux"]["readonlyPaths"] = ["/etc", "/proc/sys"]
    spec["process"]["user"]["additionalGids"] = [4, 4, 1000]
    del spec["linux"]["cgroupsPath"]


@test(BARE, low=BOTH)
def an_honest_container_with_many_mounts_starts(e):
    e.machine.write("/var/tmp/a-file", "text")
    os.makedirs(e.machine.path("/var/tmp/tree/inner"), exist_ok=True)
    e.machine.write("/var/tmp/tree/into", "")
    expect(e.machine.run("mount", "-t", "tmpfs", "tmpfs", "/var/tmp/tree/inner"))
    try:
        marks(e)
        where = e.bundle("box", PROGRAM, lambda spec: (bind_marks(spec), many_mounts(spec)))
        rootfs = e.machine.path(where + "/rootfs")
        for name in ("/usr/share", "/elsewhere"):
            os.makedirs(rootfs + name, exist_ok=True)
        os.symlink("/elsewhere", rootfs + "/link")
        detached(e, "box", BINARY, "--root", e.state_dir, "create", "--bundle", where, "box", env=low_environment(e))
        expect(e.machine.run("mount", "-t", "tmpfs", "tmpfs", "/var/tmp/tree/inner"))
        runs(e)
    finally:
        e.machine.run("umount", "/var/tmp/tree/inner")
        e.machine.run("umount", "/var/tmp/tree/inner")


@test(BARE)
def a_link_that_leads_nowhere_yet(e):
    """As /etc/resolv.conf in some images. crun 1.8 cannot mount there."""
    e.machine.write("/var/tmp/a-file", "text")
    marks(e)
    where = e.bundle("box", PROGRAM, lambda spec: (bind_marks(spec), spec["mounts"].append(
        {"destination": "/dangling", "type": "bind", "source": "/var/tmp/a-file", "options": ["bind", "ro"]})))
    os.symlink("../run/there/file", e.machine.path(where + "/rootfs/dangling"))
    detached(e, "box", BINARY, "--root", e.state_dir, "create", "--bundle", where, "box", env=low_environment(e))
    runs(e)
    equal(expect(e.call("exec", "box", "cat", "/dangling")).out, "text", "the file behind the link")


# -- altered between create and start --


@test(BARE, low=BOTH)
def altered_mounts(e):
    os.makedirs(e.machine.path("/var/tmp/other"), mode=0o777, exist_ok=True)
    for args, text in (
            (("tmpfs", "/marks"), "mount at `/marks`: it is device"),
            (("bind", "/var/tmp/other", "/marks"), "mount at `/marks`: it is device"),
            (("bind", "/etc", "/marks"), "mount at `/marks`: it is device"),
            (("umount", "/marks"), "mount at `/marks`: there is none"),
            (("remount", "/", "rw"), "mount at `/`: it is not `ro`"),
            (("bind", "/etc", "/etc"), "mount at `/etc`: nobody asked for it"),
            (("tmpfs", "/var"), "there is none"),
            (("umount", "/proc/keys"), "`/proc/keys`: it is to be hidden"),
            (("umount", "/sys/firmware"), "`/sys/firmware`: it is to be hidden"),
            (("remount", "/proc/sys", "rw"), "`/proc/sys`: it is to be read-only"),
            (("bind", "/dev/full", "/dev/null"), "mount at `/dev/null`: nobody asked for it"),
            (("proc", "/proc"), "mount at `/proc`: it is the host's proc")):
        pid = created(e)
        meddle(e, pid, *args)
        did_not_run(e, start(e), text)


def group_file(e, pid, controller, name):
    """A limit of the process's cgroup, as we see it."""
    for line in e.machine.run("cat", "/proc/%d/cgroup" % pid).out.splitlines():
        _, names, path = line.split(":", 2)
        if controller in names.split(","):
            return e.machine.path("/sys/fs/cgroup/%s%s/%s" % (names, path, name))
    raise AssertionError("no %s" % controller)


def write_number(path, number):
    with open(path, "w") as out:
        out.write(str(number))


@test(BARE, low=BOTH)
def altered_limits(e):
    for controller, name, value, text in (
            ("pids", "pids.max", "max", "limit of its cgroup for pids: there is none, not 512"),
            ("pids", "pids.max", 513, "limit of its cgroup for pids: it is 513 processes, not at most 512"),
            ("memory", "memory.limit_in_bytes", -1, "limit of its cgroup for memory"),
            ("cpu", "cpu.cfs_quota_us", -1, "limit of its cgroup for cpu: there is none")):
        pid = created(e)
        if controller == "memory":  # version 1 keeps memory below memory and swap
            swap = group_file(e, pid, "memory", "memory.memsw.limit_in_bytes")
            if os.path.exists(swap):
                write_number(swap, -1)
        write_number(group_file(e, pid, controller, name), value)
        did_not_run(e, start(e), text)


@test(BARE, low=BOTH)
def another_cgroup(e):
    for controller in ("memory", "pids", "devices"):
        pid = created(e)
        path = group_file(e, pid, controller, "cgroup.procs")
        elsewhere = os.path.join(os.path.dirname(os.path.dirname(path)), "elsewhere")
        os.makedirs(elsewhere, exist_ok=True)
        expect(e.machine.run("sh", "-c", "echo %d >/sys/fs/cgroup/%s/bare/elsewhere/cgroup.procs" % (pid, controller)))
        did_not_run(e, start(e), "cgroup of its process (%s): it is `/bare/elsewhere`" % controller)
        eventually(lambda path=elsewhere: remove_group(path), what="the end of the group")


def remove_group(path):
    try:
        os.rmdir(path)
        return True
    except OSError:
        return False


@test(BARE, low=("crun",))
def another_filter(e):
    allow = b"\x06\0\0\0\0\0\xff\x7f"
    for content, text in ((allow, "seccomp filter: it lets "), (allow[:5], "seccomp filter: `seccomp.bpf` is cut"),
                          (b"", "seccomp filter: it cannot be loaded")):
        created(e)
        with open(e.machine.path(e.state_dir + "/box/seccomp.bpf"), "wb") as out:
            out.write(content)
        # newer crun shares the file with the next container of the same profile
        shutil.rmtree(e.machine.path(e.state_dir + "/.cache"), ignore_errors=True)
        did_not_run(e, start(e), text)
    created(e)
    path = e.machine.path(e.state_dir + "/box/seccomp.bpf")
    os.rename(path, path + ".old")
    shutil.copyfile(path + ".old", path)
    did_not_run(e, start(e), "seccomp filter: its process does not have `seccomp.bpf` open")


# -- a low-level runtime that does something else --

FAKE = """#!/bin/sh
bundle= before=
for argument; do
  [ "$before" = --bundle ] && bundle=$argument
  before=$argument
done
if [ -n "$bundle" ]; then
  sed '%s' "$bundle/config.json" >/tmp/altered.json && cat /tmp/altered.json >"$bundle/config.json" || exit 9
fi
exec /usr/bin/%s "$@"
"""

ALTERATIONS = (
    ("no_new_privs", 's/"noNewPrivileges":true/"noNewPrivileges":false/', "no_new_privs of its process: it is not set"),
    ("bounding", r's/"bounding":\[\]/"bounding":["CAP_CHOWN"]/', "CapBnd is 0000000000000001"),
    ("capabilities", r's/"bounding":\[\]/"bounding":["CAP_SYS_ADMIN"]/;s/"permitted":\[\]/"permitted":["CAP_SYS_ADMIN"]/;'
                     r's/"effective":\[\]/"effective":["CAP_SYS_ADMIN"]/', "CapPrm is 0000000000200000"),
    ("user", 's/"uid":65532,"gid":65532/"uid":0,"gid":65532/', "user of its process: it is 0 of the host, not 65532"),
    ("group", 's/"uid":65532,"gid":65532/"uid":65532,"gid":0/', "group of its process: it is 0 of the host"),
    ("groups", 's/"uid":65532,"gid":65532/"uid":65532,"gid":65532,"additionalGids":[0]/', "additional group 0"),
    ("core", r's/\("RLIMIT_CORE","hard":\)0,"soft":0/\14096,"soft":4096/', "RLIMIT_CORE of its process: it is 4096"),
    ("root", 's/"readonly":true/"readonly":false/', "mount at `/`: it is not `ro`"),
    ("ipc", 's/{"type":"ipc"},//', "ipc namespace: it is the host's"),
    ("cgroupns", 's/,{"type":"cgroup"}//', "cgroup namespace: it is the host's"),
    ("filter", 's/"defaultAction":"SCMP_ACT_ERRNO"/"defaultAction":"SCMP_ACT_ALLOW"/', "seccomp filter: it lets "),
    ("no_filter", 's/"seccomp":{/"secc0mp":{/', "seccomp filter: none is loaded"),
    ("source", r's#"[^"]*closedclaw[^"]*mounts[^"]*0"#"/etc"#', "mount at `/marks`: it is device"),
    ("masked", r's#"[^"]*proc[^"]*keys",##', "`/proc/keys`: it is to be hidden"),
    ("readonly_path", r's#"[^"]*proc[^"]*irq",##', "`/proc/irq`: it is to be read-only"),
    ("another_mount", r's#"mounts":\[#"mounts":[{"destination":"/free","type":"tmpfs","source":"t"},#',
     "mount at `/free`: nobody asked for it"),
    ("tmpfs_size", 's/"size=268435456"/"size=1g"/g', "its size is 1048576 KiB"),
    ("pids", 's/"pids":{"limit":512}/"pids":{"limit":5120}/', "limit of its cgroup for pids: it is 5120"),
    ("cgroup", r's#"cgroupsPath":"[^"]*"#"cgroupsPath":"/another/box"#', "cgroup of its process"),
)


def fake(e, low, name, script):
    """A low-level runtime that changes its configuration first; by its name the layout of its records is known."""
    where = "/opt/closedclaw/fake-%s/%s" % (name, low)
    e.machine.write(where, FAKE % (script, low), 0o755)
    return where


@test(BARE, low=BOTH)
def a_faithless_low_level_runtime(e):
    for name, script, text in ALTERATIONS:
        env = config_of(e, "faithless", lowLevel=[fake(e, e.low, name, script)])
        created(e, env=env)
        did_not_run(e, start(e), text)


@test(BARE, low=BOTH)
def what_is_only_reported_starts(e):
    script = dict((name, script) for name, script, _ in ALTERATIONS)["no_filter"]
    env = config_of(e, "faithless", lowLevel=[fake(e, e.low, "report", script)], enforcement="report")
    created(e, env=env)
    runs(e)


@test(DOCKER, PODMAN, CONTAINERD, VM, low=BOTH)
@restore_config
def engines_show_the_difference_and_clean_up(e):
    script = dict((name, script) for name, script, _ in ALTERATIONS)["no_new_privs"]
    config = CONFIG if e.low == "runc" else "/etc/closedclaw/closedclaw-crun.json5"
    before = e.machine.read(config)
    e.machine.write(config, json.dumps({"runtime": {"lowLevel": [fake(e, e.low, "engine", script)]}}))
    try:
        if e.name in CONTAINERD:
            result = e.run(ROOT, "box", "sh", "-c", "echo ran")
        else:
            result = e.run("--name", "box", ROOT, "sh", "-c", "echo ran")
        expect_refused(result, "attest")
        assert "no_new_privs of its process: it is not set" in result.text, result
        assert "\nran" not in result.out, "the program ran: %s" % result
    finally:
        e.machine.write(config, before)
    if e.name in CONTAINERD:
        e.ctr("tasks", "delete", "-f", "box")
        expect(e.ctr("containers", "delete", "box"))
        expect(e.run(ROOT, "box", "echo", "fine"), has="fine")
    else:
        expect(e.cmd(*e.REMOVE, "box"))
        expect(e.run("--name", "box", ROOT, "echo", "fine"), has="fine")


# -- whose state it is --


def change_state(e, change):
    path = state_of(e, "box")
    with open(path) as text:
        lines = text.read().split("\n")
    state = json.loads(lines[0])
    change(state)
    with open(path, "w") as out:
        out.write("\n".join([json.dumps(state)] + lines[1:]))


@test(BARE, low=BOTH)
def a_state_of_another_boot_is_none(e):
    pid = created(e)
    change_state(e, lambda state: state.update(boot="11111111-2222-3333-4444-555555555555"))
    for args in (("start", "box"), ("exec", "box", "true"), ("update", "--resources", "-", "box")):
        expect_refused(e.machine.run(BINARY, "--root", e.state_dir, *args, env=low_environment(e), stdin="{}"), "state")
    equal(os.listdir(e.machine.path(MARKS)), [], "marks of the program")
    expect(e.machine.run("kill", "-KILL", str(pid)))
    eventually(lambda: e.state("box")["status"] == "stopped", what="the end of the container")
    expect(e.machine.run(BINARY, "--root", e.state_dir, "delete", "box", env=low_environment(e)))
    nothing_left(e)
    equal(states(e), [], "states")
    created(e)
    runs(e)


@test(BARE, low=BOTH)
def a_state_of_another_boot_is_not_in_the_way(e):
    created(e)
    change_state(e, lambda state: state.update(boot="11111111-2222-3333-4444-555555555555", creator=1))
    expect(e.machine.run("/usr/bin/" + e.low, "--root", e.state_dir, "delete", "--force", "box"))
    created(e)
    runs(e)


@test(BARE, low=BOTH)
def another_container_of_that_id_has_no_state(e):
    for attested in (True, False):
        if attested:
            created(e)
            runs(e)
        else:
            e.running("box")
        expect(e.exec("box", "true"))
        low = "/usr/bin/" + e.low
        expect(e.machine.run(low, "--root", e.state_dir, "delete", "--force", "box"))
        where = e.bundle("box", ["sleep", "1000"])
        detached(e, "box", low, "--root", e.state_dir, "run", "-d", "--bundle", where, "box")
        expect_refused(e.exec("box", "true"), "state")
        expect(e.call("kill", "box", "KILL"))
        eventually(lambda: e.state("box")["status"] == "stopped", what="the end of the container")
        expect(e.call("delete", "box"))
        nothing_left(e)
        equal(states(e), [], "states")


@test(BARE, low=BOTH)
def an_exec_before_start_is_refused(e):
    """Its program would run in a container that nobody has looked at."""
    marks(e)
    created(e)
    expect_refused(e.exec("box", "true"), "state")
    runs(e)
