"""What a managed container is, and what it is refused, by the kernel's own account and with real engines."""

import json
import os

import expected
from engines.base import WORKSPACES
from harness import (BOTH, DOCKER, PODMAN, ROOT, USER, VM, equal, eventually, expect, expect_refused, status_of, test)

ENGINES = DOCKER + PODMAN
SETS = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
NAMESPACES = ("cgroup", "ipc", "mnt", "net", "pid", "uts")
CAPS = {"memory": 2 << 30, "pids": 512, "cpus": 2.0}


def host_file(e, path):
    return expect(e.machine.run("cat", path)).out


def check_status(text, what):
    """A process's /proc status: no privilege, and none to be had."""
    status = status_of(text)
    for name in SETS:
        equal(int(status[name], 16), 0, "%s %s" % (what, name))
    equal(status["NoNewPrivs"], "1", what + " NoNewPrivs")
    equal(status["Seccomp"], "2", what + " Seccomp")
    uids = status["Uid"].split()
    assert "0" not in uids and "0" not in status["Gid"].split(), "%s runs as root: %s" % (what, status["Uid"])


def control_file(e, pid, v1, v2):
    """A limit of the container's control group, read from outside it."""
    for line in host_file(e, "/proc/%d/cgroup" % pid).splitlines():
        _, controllers, path = line.split(":", 2)
        if v1 and v1[0] in controllers.split(","):
            return host_file(e, "/sys/fs/cgroup/%s%s/%s" % (v1[0], path, v1[1])).strip()
        if not controllers and e.name == "vm":
            return host_file(e, "/sys/fs/cgroup%s/%s" % (path, v2)).strip()
    raise AssertionError("no control group for %s" % (v1,))


def limits(e, pid):
    memory = control_file(e, pid, ("memory", "memory.limit_in_bytes"), "memory.max")
    pids = control_file(e, pid, ("pids", "pids.max"), "pids.max")
    if e.name == "vm":
        quota, period = control_file(e, pid, None, "cpu.max").split()
    else:
        quota = control_file(e, pid, ("cpu", "cpu.cfs_quota_us"), None)
        period = control_file(e, pid, ("cpu", "cpu.cfs_period_us"), None)
    return {"memory": memory, "pids": pids, "cpus": "none" if quota in ("max", "-1") else int(quota) / int(period)}


def check_limits(e, pid):
    found = limits(e, pid)
    for name, cap in CAPS.items():
        assert str(found[name]) not in ("max", "none", "-1"), "no %s limit: %s" % (name, found)
        assert float(found[name]) <= cap, "%s above the cap: %s" % (name, found)
    return found


def nothing_left(e, *more):
    """No container, no process of one, and no state of the low-level runtime."""
    equal(e.containers(), [], "containers left")
    state = e.machine.run("find", "/run", "-name", "state.json", "-o", "-path", "/run/crun/*", "-name", "status").out
    equal(state, "", "state of the low-level runtime")


def try_run(e, *args, **kwargs):
    return e.run("--rm", "--name", "box", *args, **kwargs)


# What the container is


@test(ENGINES, low=BOTH)
@test(VM)
def kernel_state_seen_from_inside(e):
    check_status(expect(try_run(e, ROOT, "cat", "/proc/self/status")).out, "the process")


@test(ENGINES, VM, low=BOTH)
def kernel_state_seen_from_outside(e):
    e.running("box", ROOT)
    pid = e.pid_of("box")
    check_status(host_file(e, "/proc/%d/status" % pid), "init")
    for name in NAMESPACES:
        own = e.machine.run("readlink", "/proc/%d/ns/%s" % (pid, name)).out
        assert own and own != e.machine.run("readlink", "/proc/self/ns/" + name).out, "the host's %s namespace" % name
    check_limits(e, pid)


@test(ENGINES, low=BOTH)
@test(VM)
def root_is_read_only(e):
    script = "for f in /x /etc/passwd /bin/x /srv/x /usr/x; do (echo >>$f) 2>/dev/null && echo wrote $f; done; echo done"
    equal(expect(try_run(e, ROOT, "sh", "-c", script)).out, "done\n", "writes")
    options = expect(try_run(e, ROOT, "sh", "-c", "grep ' / ' /proc/mounts | tail -1 | cut -d' ' -f4")).out
    assert "ro" in options.strip().split(","), options


@test(ENGINES, VM)
def temporary_directories(e):
    script = "for d in /tmp /var/tmp /run; do echo t >$d/f && cat $d/f; done; df -k /tmp | tail -1; grep ' /tmp ' /proc/mounts"
    out = expect(try_run(e, ROOT, "sh", "-c", script)).out.splitlines()
    equal(out[:3], ["t"] * 3, "writes")
    assert int(out[3].split()[1]) <= 256 * 1024, "size of /tmp: " + out[3]
    assert {"nosuid", "nodev"} <= set(out[4].split()[3].split(",")), out[4]


@test(ENGINES, low=BOTH)
def set_user_id_programs_give_nothing(e):
    equal(expect(try_run(e, USER, "/probe/euid")).out.strip(), "1000", "effective uid")


@test(ENGINES)
def no_new_namespaces_or_mounts(e):
    for command in ("unshare -U true", "unshare -m true", "mount -t tmpfs none /tmp", "chroot / true"):
        result = try_run(e, ROOT, *command.split())
        assert result.code != 0, "worked: %s" % result


@test(ENGINES, VM, low=BOTH)
def every_way_to_a_socket(e):
    """Families, 32-bit entries, io_uring, and the system calls that would undo the sandbox: tests/probe/sockprobe.c."""
    wrong = expected.mismatches(try_run(e, ROOT, "/probe/sockprobe").out)
    assert not wrong, "at create:\n" + "\n".join(wrong)
    e.running("box", ROOT)
    wrong = expected.mismatches(e.exec("--privileged", "box", "/probe/sockprobe").out)
    assert not wrong, "at exec:\n" + "\n".join(wrong)


@test(ENGINES)
def environment_is_cleaned(e):
    result = expect(try_run(e, "-e", "LD_PRELOAD=/x.so", "-e", "BASH_ENV=/x", "-e", "KEPT=1", ROOT, "env"))
    lines = result.out.splitlines()
    assert "KEPT=1" in lines, result
    assert not [line for line in lines if line.startswith(("LD_", "BASH_ENV="))], result


@test(ENGINES)
def private_workspace(e):
    script = "echo kept >/workspace/note && cat /workspace/note && stat -c %u /workspace"
    out = expect(try_run(e, ROOT, "sh", "-c", script)).out.splitlines()
    equal(out[0], "kept", "the note")
    assert out[1] != "0", "the workspace belongs to root"


@test(ENGINES)
def processes_of_others_are_hidden(e):
    out = expect(try_run(e, ROOT, "sh", "-c", "ls /proc | grep -c '^[0-9]'")).out
    assert int(out) < 8, "processes seen: " + out


# exec


@test(ENGINES, low=BOTH)
@test(VM)
def exec_has_no_privilege(e):
    e.running("box", ROOT)
    check_status(expect(e.exec("box", "cat", "/proc/self/status")).out, "exec")
    assert e.exec("box", "touch", "/x").code != 0, "exec wrote to the root"


@test(ENGINES, VM, low=BOTH)
def privileged_exec_has_no_privilege(e):
    e.running("box", ROOT)
    check_status(expect(e.exec("--privileged", "box", "cat", "/proc/self/status")).out, "exec --privileged")


@test(ENGINES, low=BOTH)
def exec_as_root_in_an_image_of_root(e):
    """It cannot be told from a plain exec, so it is remapped to the container's own user."""
    e.running("box", ROOT)
    check_status(expect(e.exec("-u", "0", "box", "cat", "/proc/self/status")).out, "exec -u 0")


@test(ENGINES, low=BOTH)
@test(VM)
def exec_as_root_is_refused(e):
    e.running("box", "-u", "1000", ROOT)
    expect_refused(e.exec("-u", "0", "box", "id"), "exec-user")
    expect_refused(e.exec("-u", "0:0", "box", "id"), "exec-user")
    equal(expect(e.exec("box", "id", "-u")).out.strip(), "1000", "plain exec")


@test(ENGINES)
def exec_as_another_user(e):
    e.running("box", "-u", "1000", ROOT)
    check_status(expect(e.exec("-u", "65534", "box", "cat", "/proc/self/status")).out, "exec -u 65534")


# Limits


@test(DOCKER, ("podman54",), low=BOTH)
@test(VM)
def update_cannot_loosen(e):
    e.running("box", ROOT)
    before = check_limits(e, e.pid_of("box"))
    for option in (["--memory", "16g", "--memory-swap", "16g"], ["--pids-limit", "100000"], ["--cpus", "1.9"],
                   ["--pids-limit", "-1"]):
        e.cmd("update", *option, "box")  # refused or lowered: what counts is what the kernel then says
        check_limits(e, e.pid_of("box"))
    assert e.exec("box", "true").code == 0, "the container was lost"
    assert before


@test(ENGINES)
def limits_above_the_caps_are_lowered(e):
    e.running("box", "--memory", "16g", "--pids-limit", "90000", ROOT)
    check_limits(e, e.pid_of("box"))


@test(ENGINES)
def limits_below_the_caps_are_kept(e):
    e.running("box", "--memory", "64m", "--pids-limit", "60", "--cpus", "0.5", ROOT)
    found = check_limits(e, e.pid_of("box"))
    equal((int(found["memory"]), int(found["pids"]), found["cpus"]), (64 << 20, 60, 0.5), "limits")


@test(ENGINES)
def fork_bomb_is_contained(e):
    result = try_run(e, "--pids-limit", "30", ROOT, "sh", "-c",
                     "n=0; while [ $n -lt 60 ]; do sleep 20 & n=$((n+1)); done 2>/dev/null; echo went-through")
    assert "went-through" not in result.out, result


# Refusals

REFUSALS = {
    "privileged": (["--privileged"], ("privileged",)),
    "one_more_capability": (["--cap-add", "SYS_ADMIN"], ("capabilities",)),
    "network_administration": (["--cap-add", "NET_ADMIN"], ("capabilities",)),
    "host_network": (["--network", "host"], ("namespace-network",)),
    "host_pids": (["--pid", "host"], ("namespace-pid",)),
    "host_ipc": (["--ipc", "host"], ("namespace-ipc", "bind-blocked")),
    "host_uts": (["--uts", "host"], ("namespace-uts",)),
    "no_seccomp": (["--security-opt", "seccomp=unconfined"], ("seccomp-unconfined",)),
    "etc": (["-v", "/etc:/x"], ("bind-blocked",)),
    "etc_read_only": (["-v", "/etc:/x:ro"], ("bind-blocked",)),
    "below_etc": (["-v", "/etc/passwd:/x:ro"], ("bind-blocked",)),
    "root": (["-v", "/:/x"], ("bind-blocked",)),
    "proc": (["-v", "/proc:/x"], ("bind-blocked",)),
    "device_directory": (["-v", "/dev:/x"], ("bind-blocked",)),
    "home_of_root": (["-v", "/root:/x"], ("bind-blocked",)),
    "engine_state": (["-v", "/var/lib:/x"], ("bind-blocked",)),
    "kernel_log": (["--device", "/dev/kmsg"], ("device",)),
    "kernel_parameter": (["--sysctl", "net.ipv4.conf.all.route_localnet=1"], ("sysctl",)),
}


def _refusal(name, args, rules, engines):
    def refused(e):
        expect_refused(try_run(e, *args, ROOT, "true"), *rules)
        nothing_left(e)
    refused.__name__ = "refuses_" + name
    refused.__module__ = __name__
    test(*engines)(refused)


for _name, (_args, _rules) in REFUSALS.items():
    _refusal(_name, _args, _rules, (DOCKER, PODMAN))
for _name in ("privileged", "one_more_capability", "host_network", "host_pids", "no_seccomp", "etc", "kernel_log"):
    _refusal(_name, *REFUSALS[_name], (VM,))
_refusal("no_apparmor", ["--security-opt", "apparmor=unconfined"], ("apparmor-unconfined",), (VM,))


@test(DOCKER, VM)
def refuses_the_engines_socket(e):
    expect_refused(try_run(e, "-v", "/var/run/docker.sock:/s", ROOT, "true"), "bind-blocked", "bind-type")
    nothing_left(e)


@test(DOCKER, low=BOTH)
def refusals_come_with_either_low_level_runtime(e):
    expect_refused(try_run(e, "--privileged", ROOT, "true"), "privileged")
    expect_refused(try_run(e, "-v", "/etc:/x", ROOT, "true"), "bind-blocked")
    nothing_left(e)


@test(DOCKER)
def refuses_a_volume_that_is_etc(e):
    expect(e.cmd("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", "device=/etc", "evil"))
    try:
        expect_refused(try_run(e, "-v", "evil:/x", ROOT, "true"), "bind-blocked")
    finally:
        e.cmd("volume", "rm", "-f", "evil")
    nothing_left(e)


@test(ENGINES)
def refuses_a_link_to_etc(e):
    link = WORKSPACES + "/link"
    e.machine.run("rm", "-rf", link)
    expect(e.machine.run("ln", "-s", "/etc", link))
    expect_refused(try_run(e, "-v", link + ":/x", ROOT, "true"), "bind-blocked")
    expect_refused(try_run(e, "-v", "%s/../../../../etc:/x" % WORKSPACES, ROOT, "true"), "bind-blocked")


@test(ENGINES)
def refuses_mounts_over_kernel_files(e):
    own = workspace(e, "plain")
    for target in ("/proc/sys", "/sys/x", "/dev/x"):
        expect_refused(try_run(e, "-v", own + ":" + target, ROOT, "true"), "bind-target", "mount-target")


@test(ENGINES)
def refuses_another_containers_namespaces(e):
    e.run("-d", "--name", "other", ROOT, "sleep", "1000", runtime=e.PLAIN)
    expect_refused(e.run("--rm", "--network", "container:other", ROOT, "true"), "namespace-network")
    expect_refused(e.run("--rm", "--pid", "container:other", ROOT, "true"), "namespace-pid")


@test(ENGINES)
def refusal_at_start_leaves_the_container_startable_by_nobody(e):
    made = expect(e.create("--name", "box", "--privileged", ROOT, "true"))
    assert made
    for _ in range(2):
        expect_refused(e.cmd("start", "-a", "box"), "privileged")


# Mounts that are allowed


def workspace(e, name, uid=1000):
    path = "%s/%s" % (WORKSPACES, name)
    outside = e.machine.path(path)
    os.makedirs(outside, mode=0o755, exist_ok=True)
    os.chown(outside, uid, uid)
    return path


def mounts_inside(e, container):
    """Destination to "rw" or "ro", as the container's kernel view has it."""
    found = {}
    for line in expect(e.exec(container, "cat", "/proc/self/mountinfo")).out.splitlines():
        fields = line.split(" ")
        found[fields[4]] = "ro" if "ro" in fields[5].split(",") else "rw"
    return found


@test(ENGINES, VM)
def workspace_decides_the_user(e):
    own = workspace(e, "owned", 1234)
    result = expect(try_run(e, "-v", own + ":/workspace", ROOT, "sh", "-c", "id -u; echo made >/workspace/file"))
    equal(result.out, "1234\n", "uid")
    equal(host_file(e, own + "/file"), "made\n", "file in the workspace")
    equal(os.stat(e.machine.path(own + "/file")).st_uid, 1234, "owner of the file")


@test(ENGINES)
def read_only_bind_is_read_only(e):
    own = workspace(e, "readonly", 65532)
    result = try_run(e, "-v", own + ":/data:ro", ROOT, "touch", "/data/x")
    assert result.code != 0 and "Read-only" in result.text, result


def gateway(e, prefix, create, execs):
    """A gateway's own commands: create, start, set up, compare its mounts, and use its exec."""
    expect(e.create(*create))
    name = create[create.index("--name") + 1]
    expect(e.cmd("start", name))
    asked = json.loads(expect(e.cmd("inspect", name)).out)[0]
    inside = mounts_inside(e, name)
    for mount in asked["Mounts"]:
        equal(inside.get(mount["Destination"]), "rw" if mount["RW"] else "ro", "mount " + mount["Destination"])
    for target in asked["HostConfig"].get("Tmpfs") or {}:
        equal(inside.get(target), "rw", "tmpfs " + target)
    for args, wanted, stdin in execs:
        result = expect(e.exec(*args, stdin=stdin))
        equal(result.out, wanted, "output of " + " ".join(args))
    check_status(expect(e.exec(name, "cat", "/proc/self/status")).out, prefix)
    expect(e.cmd("pause", name))
    expect(e.cmd("unpause", name))
    expect(e.cmd("rm", "-f", name))


@test(DOCKER, VM, PODMAN, low=BOTH)
def gateway_openclaw(e):
    """The arguments of OpenClaw 2026.9.6, with its skills, its set-up command, its shell and its file bridge."""
    own, agent = workspace(e, "oc-workspace"), workspace(e, "oc-agent")
    skills = own + "/skills"
    os.makedirs(e.machine.path(skills), exist_ok=True)
    e.machine.write("/var/tmp/env", "LANG=C.UTF-8\nOPENCLAW_CLI=1\n")
    name = "openclaw-sbx-workspace-0123456789abcdef0123456789abcdef"
    labels = []
    for label in ("sandbox=1", "sessionKey=agent:main:workspace:0123456789abcdef0123456789abcdef", "createdAtMs=1",
                  "mountFormatVersion=4", "createArgsEpoch=2026-08-25-container-env-file", "configHash=" + "0" * 64):
        labels += ["--label", "openclaw." + label]
    create = (["--name", name, "--init"] + labels
              + ["--read-only", "--tmpfs", "/tmp", "--tmpfs", "/var/tmp", "--tmpfs", "/run", "--network", "none",
                 "--user", "1000:1000", "--cap-drop", "ALL", "--security-opt", "no-new-privileges",
                 "--pids-limit", "256", "--memory", "512m", "--memory-swap", "512m", "--cpus", "1",
                 "--ulimit", "nofile=512:1024", "--ulimit", "nproc=512:1024", "--workdir", "/workspace",
                 "-v", own + ":/workspace:z", "-v", agent + ":/agent:ro,z", "-v", skills + ":/workspace/skills:ro,z",
                 "--env-file", env_file(e), ROOT, "sleep", "infinity"])
    shell = ["-i", "-w", "/workspace", "--env-file", env_file(e), name, "/bin/sh", "-lc"]
    gateway(e, "openclaw", create, [
        (["-i", name, "/bin/sh", "-lc", "echo setup >/workspace/.setup"], "", ""),
        (shell + ["pwd; cat .setup; echo $OPENCLAW_CLI"], "/workspace\nsetup\n1\n", ""),
        (["-i", name, "sh", "-c", 'cat >"$1/$2"; readlink -n -f "$1/$2"', "openclaw-sandbox-fs", "/workspace", "file"],
         "/workspace/file", "bytes"),
        (["-i", name, "sh", "-c", 'for d in /proc/[0-9]*; do tr "\\0" "\\n" <$d/environ; done | grep -Fqx "$1"; echo $?',
          "openclaw-sandbox-fs", "OPENCLAW_CLI=1"], "0\n", ""),
    ])
    equal(host_file(e, own + "/file"), "bytes", "the file on the host's side")


def env_file(e):
    """Docker's client reads it; it runs in the machine."""
    return "/var/tmp/env"


@test(DOCKER, low=BOTH)
def gateway_clawdbot(e):
    """The arguments of Clawdbot 2026.1.24, which names no user."""
    own = workspace(e, "cb-workspace")
    name = "clawdbot-sbx-agent-main-0a1b2c3d"
    create = ["--name", name, "--label", "clawdbot.sandbox=1", "--label", "clawdbot.sessionKey=agent:main:main",
              "--label", "clawdbot.createdAtMs=1", "--label", "clawdbot.configHash=" + "0" * 40, "--read-only",
              "--tmpfs", "/tmp", "--tmpfs", "/var/tmp", "--tmpfs", "/run", "--network", "none", "--cap-drop", "ALL",
              "--security-opt", "no-new-privileges", "--workdir", "/workspace", "-v", own + ":/workspace",
              ROOT, "sleep", "infinity"]
    gateway(e, "clawdbot", create, [
        (["-i", name, "sh", "-lc", "echo setup >/workspace/.setup"], "", ""),
        (["-i", "-w", "/workspace", "-e", "K=V", name, "sh", "-lc", 'export PATH="/x:$PATH"; echo $K; cat .setup'],
         "V\nsetup\n", ""),
    ])


# The operator's word


@test(DOCKER)
def report_changes_nothing(e):
    script = "grep -E '^(Cap|NoNew|Uid)' /proc/self/status; touch /x && echo wrote; ls /sys/class/net | wc -l"
    plain = expect(e.run("--rm", "--cap-add", "NET_ADMIN", ROOT, "sh", "-c", script, runtime=e.PLAIN))
    reported = expect(e.run("--rm", "--cap-add", "NET_ADMIN", ROOT, "sh", "-c", script, runtime="closedclaw-report"))
    equal(reported.out, plain.out, "what the container sees")
    equal(reported.err, plain.err, "standard error")


@test(DOCKER)
def engine_knows_the_runtime(e):
    expect(e.cmd("info", "-f", "{{json .Runtimes}}"), has="closedclaw")
    expect(e.machine.run(e.runtime_path(), "--version"), has="runc version")


@test(VM)
def apparmor_profile_is_applied(e):
    e.running("box", ROOT)
    pid = e.pid_of("box")
    equal(host_file(e, "/proc/%d/attr/current" % pid).strip(), "docker-default (enforce)", "profile of init")
    equal(expect(e.exec("box", "cat", "/proc/self/attr/current")).out.strip(), "docker-default (enforce)", "of exec")
    equal(expect(e.exec("--privileged", "box", "cat", "/proc/self/attr/current")).out.strip(),
          "docker-default (enforce)", "of exec --privileged")


@test(VM)
def control_group_is_systemds(e):
    e.running("box", ROOT)
    path = host_file(e, "/proc/%d/cgroup" % e.pid_of("box")).strip()
    assert path.startswith("0::/system.slice/docker-") and path.endswith(".scope"), path
    eventually(lambda: e.machine.run("systemctl", "is-active", os.path.basename(path)).out.strip() == "active",
               what="the scope")
