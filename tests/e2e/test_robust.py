"""What goes wrong around the runtime: leaked descriptors, kills at any point, files that are broken, hostile or full."""

import json
import os
import re
import shutil
import threading

from engines import tools
from engines.base import BINARY, CONFIG
from harness import BARE, BOTH, equal, eventually, expect, expect_refused, test
from test_enforce import check_status
from test_enforce_bare import nothing_left, restore_config, with_config

HERE = "bare12"  # for what has nothing to do with the low-level runtime's version
TOOLS = "/opt/closedclaw/"
WITNESS = "/var/tmp/witness"
JUNK = {"LD_PRELOAD": "/nothing.so", "NOTIFY_SOCKET": "/run/notify", "LISTEN_FDS": "3", "RUN_OCI_SECCOMP_RECEIVER": "/x",
        "GLIBC_TUNABLES": "x=y", "BASH_ENV": "/x"}


# -- tools --


def tool(e, name):
    """One of tests/tools, compiled, in the machine."""
    program = tools.build(name)
    if not os.path.exists(e.machine.path(TOOLS + name)):
        shutil.copy2(program, e.machine.path(TOOLS + name))
    return TOOLS + name


def config_of(e, name, **runtime):
    """A configuration file; returns the environment that names it."""
    where = "/etc/closedclaw/%s.json5" % name
    e.machine.write(where, json.dumps({"runtime": runtime}), 0o644)
    return {"CLOSEDCLAW_CONFIG": where}


def over(e, program):
    """The environment of a runtime over a low-level runtime of the tests' own."""
    return config_of(e, os.path.basename(program), lowLevel=[program])


def low_environment(e):
    return config_of(e, "robust-" + e.low, lowLevel=["/usr/bin/" + e.low])


def create(e, where, name, *before, env=None, program=BINARY, **kwargs):
    return e.machine.run(*before, program, "--root", e.state_dir, "create", "--bundle", where, name, env=env, **kwargs)


def detached(e, name, *argv, env=None):
    """Runs what leaves a container behind: that one's streams must not be ours."""
    result = e.machine.run("sh", "-c", 'exec "$@" </dev/null >/tmp/%s.out 2>&1' % name, "sh", *argv, env=env)
    assert result.code == 0, "%s%s" % (result, e.machine.read("/tmp/%s.out" % name))


def witnessed(e):
    """What the witness wrote down, as lists by the first word."""
    lines = e.machine.read(WITNESS).splitlines()
    os.remove(e.machine.path(WITNESS))
    said = {"arg": [], "env": [], "fd": []}
    for line in lines:
        word, rest = re.fullmatch(r"(\w+):?\s(.*)", line).groups()
        said.setdefault(word, []).append(rest)
    return said, "\n".join(lines)


def only_line(result):
    """The one line on standard error of a call that failed; nothing on standard output."""
    assert result.code not in (0, None), "did not fail: %s" % result
    equal(result.out, "", "standard output")
    lines = result.err.splitlines()
    equal(len(lines), 1, "lines on standard error: %s" % result)
    assert lines[0].startswith("closedclaw: "), result
    return lines[0]


def logged(e, *arguments, **kwargs):
    """The message of a failed call's log, which must hold exactly one object."""
    log = "/tmp/robust.json"
    if os.path.exists(e.machine.path(log)):
        os.remove(e.machine.path(log))
    result = e.machine.run(BINARY, "--root", e.state_dir, "--log", log, "--log-format", "json", *arguments, **kwargs)
    assert result.code not in (0, None), "did not fail: %s" % result
    equal(result.out, "", "standard output")
    lines = e.machine.read(log).splitlines()
    equal(len(lines), 1, "lines in the log")
    entry = json.loads(lines[0])
    equal(entry["level"], "error", "level")
    assert entry["msg"].startswith("closedclaw: "), entry
    return entry["msg"]


def states(e):
    """The runtime's own files of containers."""
    found = []
    for where, _, names in os.walk(e.machine.path("/run/closedclaw")):
        found += [os.path.join(where, name) for name in names if not name.startswith(".")]
    return found


def without_state_directory(e):
    """Takes the runtime's directory away, whatever a test made of it."""
    path = e.machine.path("/run/closedclaw")
    if os.path.islink(path) or os.path.isfile(path):
        os.remove(path)
    else:
        shutil.rmtree(path, ignore_errors=True)
    return path


# -- descriptors, signals, environment --


def fds_of(e, pid):
    return sorted(int(name) for name in os.listdir(e.machine.path("/proc/%d/fd" % pid)))


def listed_fds(result):
    """The numbers in the output of `ls -l` of a descriptor directory, but for the one of ls itself."""
    found = {}
    for line in expect(result).out.splitlines():
        match = re.search(r" (\d+) -> (.*)$", line)
        if match and not re.match(r"/proc/(\d+|self)/fd$", match.group(2)):
            found[int(match.group(1))] = match.group(2)
    assert found, "no listing: %s" % result
    return sorted(found)


@test(BARE, low=BOTH)
def no_descriptor_reaches_a_container_that_runs(e):
    leaky, env = tool(e, "leaky"), low_environment(e)
    where = e.bundle("box", ["sh", "-c", "ls -l /proc/self/fd; ls -l /proc/1/fd; true"])
    result = e.machine.run(leaky, BINARY, "--root", e.state_dir, "run", "--bundle", where, "box", env=env)
    equal(listed_fds(result), [0, 1, 2], "descriptors of the container: %s" % result)


@test(BARE, low=BOTH)
def no_descriptor_reaches_a_container_that_is_created_and_entered(e):
    leaky, env = tool(e, "leaky"), low_environment(e)
    where = e.bundle("box", ["sleep", "1000"])
    detached(e, "box", leaky, BINARY, "--root", e.state_dir, "create", "--bundle", where, "box", env=env)
    detached(e, "box", leaky, BINARY, "--root", e.state_dir, "start", "box", env=env)
    pid = e.state("box")["pid"]
    eventually(lambda: "sleep" in e.machine.read("/proc/%d/cmdline" % pid), what="the container's program")
    equal(fds_of(e, pid), [0, 1, 2], "descriptors of the container's first process")
    listing = ["sh", "-c", "ls -l /proc/self/fd; ls -l /proc/1/fd; true"]
    result = e.machine.run(leaky, BINARY, "--root", e.state_dir, "exec", "box", *listing, env=env)
    equal(listed_fds(result), [0, 1, 2], "descriptors of an exec: %s" % result)
    e.machine.write("/var/tmp/process.json", json.dumps({"args": listing, "cwd": "/", "env": ["PATH=/bin"],
                                                         "user": {"uid": 0, "gid": 0}, "terminal": False}))
    result = e.machine.run(leaky, BINARY, "--root", e.state_dir, "exec", "--process", "/var/tmp/process.json", "box",
                           env=env)
    equal(listed_fds(result), [0, 1, 2], "descriptors of an exec with a process file: %s" % result)


@test(BARE, low=BOTH)
def closed_standard_descriptors(e):
    leaky, env = tool(e, "leaky"), low_environment(e)
    # "/0": the runtime's own node of the null device, of a file system that is mounted nowhere
    script = ("for fd in 0 1 2; do case $(readlink /proc/1/fd/$fd) in /dev/null|/$fd|pipe:*|socket:*) ;; *) exit 9 ;; esac; "
              "done; n=0; for fd in /proc/1/fd/*; do [ ! -h $fd ] || n=$((n + 1)); done; [ $n = 3 ] || exit 8; exit 7")
    for closed in ("0", "12", "2", "012"):
        where = e.bundle("box", ["sh", "-c", script])
        expect(e.machine.run(leaky, "-c", closed, BINARY, "--root", e.state_dir, "run", "--bundle", where, "box", env=env),
               code=7)
    e.running("box")
    for closed in ("0", "12", "2", "012"):
        expect(e.machine.run(leaky, "-c", closed, BINARY, "--root", e.state_dir, "exec", "box", "sh", "-c",
                             script.replace("/proc/1/", "/proc/$$/"), env=env), code=7)


@test(HERE)
def the_low_level_runtime_starts_clean(e):
    leaky = tool(e, "leaky")
    env = dict(over(e, tool(e, "witness")), **JUNK)
    where = e.bundle("box", ["true"])
    for closed in ("", "0", "12", "012"):
        expect(create(e, where, "box", leaky, "-b", "-c", closed, env=env))
        said, text = witnessed(e)
        equal([int(line.split(" ")[0]) for line in said["fd"]], [0, 1, 2], "descriptors\n" + text)
        for fd in closed:
            # a node of its own, which this low-level runtime may give away
            assert "%s /%s" % (fd, fd) in said["fd"], "%s is no null device:\n%s" % (fd, text)
        equal(int(said["SigBlk"][0], 16), 0, "blocked signals")
        equal(int(said["SigIgn"][0], 16) & 1 << 16, 0, "SIGCHLD is ignored")
        names = {line.split("=")[0] for line in said["env"]}
        equal(names & (set(JUNK) | {"CLOSEDCLAW_CONFIG"}), set(), "environment that should be gone")
        assert "PATH" in names and "HOME" in names, text
        equal(said["arg"], [TOOLS + "witness", "--root", e.state_dir, "create", "--bundle", where, "box"], "arguments")


@test(HERE)
def the_engines_keyring_stays_the_engines(e):
    where = e.bundle("box", ["true"])
    options = ["--no-new-keyring", "--pid-file", "/tmp/pid", "--bundle", where]
    expect(e.machine.run(BINARY, "--root", e.state_dir, "create", *options, "box", env=over(e, tool(e, "witness"))))
    said, _ = witnessed(e)
    equal(said["arg"][3:], ["create", *options[1:], "box"], "arguments")
    expect(e.machine.run(BINARY, "--root", e.state_dir, "delete", "box", env=over(e, tool(e, "witness"))))
    witnessed(e)


@test(HERE)
def the_process_file_is_the_only_descriptor_beside_the_standard_ones(e):
    leaky = tool(e, "leaky")
    env = over(e, tool(e, "witness"))
    expect(create(e, e.bundle("box", ["true"]), "box", env=env))
    witnessed(e)
    for closed in ("", "0", "2", "012"):
        expect(e.machine.run(leaky, "-b", "-c", closed, BINARY, "--root", e.state_dir, "exec", "box", "true", env=env))
        said, text = witnessed(e)
        process = said["arg"][said["arg"].index("--process") + 1]
        number = int(re.fullmatch(r"/proc/self/fd/(\d+)", process).group(1))
        assert number > 2, text
        equal([int(line.split(" ")[0]) for line in said["fd"]], [0, 1, 2, number], "descriptors\n" + text)
        assert any(line.startswith("%d /memfd:closedclaw-process" % number) for line in said["fd"]), text


# -- kills and races --


def texts(e, env):
    """The bundle's text before and after, as bytes, and that doing it again changes nothing."""
    where = e.bundle("box", ["true"])
    path = e.machine.path(where + "/config.json")
    with open(path, "rb") as text:
        original = text.read()
    expect(create(e, where, "box", env=env))
    with open(path, "rb") as text:
        hardened = text.read()
    assert hardened != original, "nothing was tightened"
    expect(create(e, where, "box", env=env))
    with open(path, "rb") as text:
        equal(text.read(), hardened, "a configuration that was already hardened")
    return where, path, original, hardened


def put(path, data):
    with open(path + "~", "wb") as out:
        out.write(data)
    os.chmod(path + "~", 0o644)
    os.rename(path + "~", path)


def kill_once(e, where, path, known, env, *how):
    original, hardened = known
    put(path, original)
    code = create(e, where, "box", TOOLS + "killat", *how, env=env).code
    assert code in (0, 137), "ended with %s at %s" % (code, how)
    with open(path, "rb") as text:
        found = text.read()
    assert found in (original, hardened), "neither the old nor the new configuration at %s: %r" % (how, found[:300])
    expect(create(e, where, "box", env=env))
    with open(path, "rb") as text:
        equal(text.read(), hardened, "the configuration of the call after %s" % (how,))
    return code, found == hardened


@test(HERE)
def killed_before_each_system_call(e):
    tool(e, "killat")
    env = over(e, tool(e, "witness"))
    where, path, original, hardened = texts(e, env)
    seen, calls = set(), 0
    while True:
        calls += 1
        code, new = kill_once(e, where, path, (original, hardened), env, "-n", str(calls))
        if code == 0:
            break
        seen.add(new)
        assert calls < 2000, "it never ends"
    equal(seen, {False, True}, "configurations seen after kills at %d points" % calls)
    assert calls > 60, "only %d system calls" % calls


@test(HERE)
def killed_after_some_time(e):
    tool(e, "killat")
    env = over(e, tool(e, "witness"))
    where, path, original, hardened = texts(e, env)
    for microseconds in range(0, 3000, 75):
        kill_once(e, where, path, (original, hardened), env, "-u", str(microseconds))


# A low-level runtime that dies after it made the group and started the process, and before it recorded either.
DIES = """#!/bin/sh
while [ $# -gt 0 ]; do case $1 in create) break ;; delete) exit 0 ;; esac; shift; done
for group in /sys/fs/cgroup/pids /sys/fs/cgroup/memory /sys/fs/cgroup; do
  [ -e $group/cgroup.procs ] || continue
  mkdir -p $group/bare/box
done
sleep 1000 &
echo $! >/var/tmp/orphan
for group in /sys/fs/cgroup/*/bare/box /sys/fs/cgroup/bare/box; do
  [ ! -e $group/cgroup.procs ] || echo $! >$group/cgroup.procs
done
kill -9 $$
"""


@test(HERE)
def what_a_killed_low_level_runtime_left_goes(e):
    program = "/var/tmp/dies"
    e.machine.write(program, DIES, 0o755)
    env = over(e, program)
    where = e.bundle("box", ["true"])
    groups = "find /sys/fs/cgroup -type d -path '*/bare/box'"
    for _ in range(2):  # the second is not refused for the first one's process
        result = e.machine.run("sh", "-c", '"$@" >/dev/null 2>&1 </dev/null', "sh", BINARY, "--root", e.state_dir, "create",
                               "--bundle", where, "box", env=env)
        equal(result.code, 137, "exit code of the create")
        orphan = e.machine.read("/var/tmp/orphan").strip()
        assert os.path.exists(e.machine.path("/proc/%s" % orphan)), "no process was left: this test shows nothing"
        assert expect(e.machine.run("sh", "-c", groups)).out, "no group was left: this test shows nothing"
        expect(e.machine.run(BINARY, "--root", e.state_dir, "delete", "--force", "box", env=env))
        equal(expect(e.machine.run("sh", "-c", groups)).out, "", "groups")
        equal(e.machine.run("sh", "-c", "grep -s State: /proc/%s/status | grep -v Z" % orphan).out, "", "the process")
    # what the low-level runtime knows is its own to clean up
    equal([name for name in states(e) if name.endswith("/box.json")], [], "states")


def create_that_fails(e, where, spec):
    """A create that the low-level runtime ends; its state stays, and no container."""
    broken = json.loads(json.dumps(spec))
    broken["process"]["args"] = ["/bin/nonexist"]
    e.raw(where, json.dumps(broken))
    result = e.machine.run("sh", "-c", '"$@" >/tmp/fails.out 2>&1 </dev/null', "sh", e.runtime_path(), "--root", e.state_dir,
                           "create", "--bundle", where, "failed")
    assert result.code not in (0, None), "the create did not fail: this test shows nothing"
    assert [name for name in states(e) if name.endswith("/failed.json")], "no state is left: this test shows nothing"
    e.raw(where, json.dumps(spec))


@test(HERE, low=BOTH)
def the_delete_of_a_failed_create_ends_no_other_container(e):
    where = e.bundle("one", ["sleep", "1000"])
    spec = json.loads(e.machine.read(where + "/config.json"))
    starters = {"ours": (e.runtime_path(), e.state_dir), "the low-level runtime's": ("/usr/bin/" + e.low, e.state_dir),
                "of another root": (e.runtime_path(), e.state_dir + "-other")}
    for whose, (program, root) in starters.items():
        create_that_fails(e, where, spec)
        detached(e, "alive", program, "--root", root, "create", "--bundle", where, "alive")
        detached(e, "alive", program, "--root", root, "start", "alive")
        try:
            for force in ([], ["--force"]):  # the first one removes the state
                e.call("delete", *force, "failed")
            state = json.loads(expect(e.machine.run("/usr/bin/" + e.low, "--root", root, "state", "alive")).out)
            equal(state["status"], "running", "the container, which is " + whose)
        finally:
            e.machine.run(program, "--root", root, "delete", "--force", "alive")
    shutil.rmtree(e.machine.path(e.state_dir + "-other"), ignore_errors=True)


@test(HERE)
def created_by_twenty_at_once(e):
    env = over(e, tool(e, "witness"))
    without_state_directory(e)
    where, path, original, hardened = texts(e, env)
    torn, stop = [], threading.Event()

    def watch():
        while not stop.is_set():
            with open(path, "rb") as text:
                found = text.read()
            if found not in (original, hardened):
                torn.append(found)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        script = ('i=0; while [ $i -lt 20 ]; do "$@" & i=$((i + 1)); done; '
                  'failed=0; i=0; for job in $(jobs -p); do wait $job || failed=$((failed + 1)); done; exit $failed')
        for _ in range(3):
            put(path, original)
            expect(e.machine.run("sh", "-c", script, "sh", BINARY, "--root", e.state_dir, "create", "--bundle", where,
                                 "box", env=env))
    finally:
        stop.set()
        watcher.join()
    equal(torn, [], "configurations that were neither the old nor the new one")
    equal(sorted(os.listdir(os.path.dirname(path))), ["config.json", "rootfs"], "files in the bundle")
    equal(len(states(e)), 1, "states of one container: %s" % states(e))


# -- places that cannot be written --


def refuses_to_start(e, where, *words):
    """`run` and `create` fail with one line, on standard error and in the log, and leave nothing."""
    before = states(e)
    for line in (only_line(e.machine.run(BINARY, "--root", e.state_dir, "run", "--bundle", where, "box",
                                         env=low_environment(e))),
                 only_line(create(e, where, "box", env=low_environment(e))),
                 logged(e, "create", "--bundle", where, "box", env=low_environment(e))):
        for word in words:
            assert word in line, "%r is not in: %s" % (word, line)
    nothing_left(e)
    equal(states(e), before, "states")


@test(BARE, low=BOTH)
def a_bundle_that_cannot_be_written(e):
    without_state_directory(e)
    where = e.bundle("box", ["true"])
    before = e.machine.read(where + "/config.json")
    e.machine.run("mount", "--bind", where, where, check=True)
    try:
        e.machine.run("mount", "-o", "remount,ro,bind", where, check=True)
        refuses_to_start(e, where, "config.json", "ead-only")
        equal(e.machine.read(where + "/config.json"), before, "config.json")
    finally:
        e.machine.run("umount", where, check=True)


@test(BARE, low=BOTH)
def a_bundle_on_a_full_disk(e):
    without_state_directory(e)
    where = e.bundle("box", ["true"])
    text = e.machine.read(where + "/config.json").replace('"rootfs"', '"%s/rootfs"' % where, 1)
    full = "/tmp/full"
    e.machine.run("mkdir", "-p", full, check=True)
    e.machine.run("mount", "-t", "tmpfs", "-o", "size=64k,mode=755", "tmpfs", full, check=True)
    try:
        e.machine.run("sh", "-c", "cat >%s/config.json" % full, stdin=text, check=True)
        e.machine.run("sh", "-c", "dd if=/dev/zero of=%s/fill bs=4k 2>/dev/null; true" % full)
        refuses_to_start(e, full, "config.json", "No space left")
        equal(e.machine.read(full + "/config.json"), text, "config.json")
        equal(sorted(os.listdir(e.machine.path(full))), ["config.json", "fill"], "files in the bundle")
    finally:
        e.machine.run("umount", full, check=True)


@test(BARE, low=BOTH)
def a_state_directory_that_is_not_ours(e):
    where = e.bundle("box", ["true"])
    path = without_state_directory(e)
    try:
        os.symlink("/tmp/elsewhere", path)
        os.makedirs(e.machine.path("/tmp/elsewhere"), mode=0o700, exist_ok=True)
        refuses_to_start(e, where, "closedclaw")
        equal(os.listdir(e.machine.path("/tmp/elsewhere")), [], "files behind the link")
        without_state_directory(e)
        for mode, owner in ((0o700, 1000), (0o777, 0), (0o750, 0)):
            os.mkdir(path)
            os.chown(path, owner, owner)
            os.chmod(path, mode)
            refuses_to_start(e, where, "closedclaw")
            without_state_directory(e)
        with open(path, "w"):
            pass
        refuses_to_start(e, where, "closedclaw")
        without_state_directory(e)
        os.mkdir(path, 0o700)
        e.machine.run("mount", "-t", "tmpfs", "-o", "ro,mode=700", "tmpfs", "/run/closedclaw", check=True)
        try:
            refuses_to_start(e, where, "ead-only")
        finally:
            e.machine.run("umount", "/run/closedclaw", check=True)
    finally:
        without_state_directory(e)


def state_of(e, name):
    found = [path for path in states(e) if os.path.basename(path) == name + ".json"]
    equal(len(found), 1, "states of " + name)
    return found[0]


@test(BARE, low=BOTH)
def a_state_that_others_touched(e):
    e.running("box")
    path = state_of(e, "box")
    with open(path, "rb") as text:
        good = text.read()
    for spoil in (lambda: os.chmod(path, 0o644), lambda: os.chmod(path, 0o620), lambda: os.chown(path, 1000, 1000),
                  lambda: put_private(path, b"{"), lambda: put_private(path, b""), lambda: put_private(path, b"[]"),
                  lambda: put_private(path, b'{"managed":false}'), lambda: put_private(path, good[:-20]),
                  lambda: link_to_other(path, good), lambda: os.remove(path)):
        spoil()
        for arguments in (("exec", "box", "true"), ("update", "--memory", "1", "box"), ("start", "box")):
            only_line(e.machine.run(BINARY, "--root", e.state_dir, *arguments, env=low_environment(e)))
        for left in (path, path + ".other"):
            if os.path.lexists(left):
                os.remove(left)
        put_private(path, good)
        expect(e.exec("box", "true"))


def put_private(path, data):
    with open(path, "wb") as out:
        out.write(data)
    os.chmod(path, 0o600)
    os.chown(path, 0, 0)


def link_to_other(path, data):
    put_private(path + ".other", data)
    os.remove(path)
    os.symlink(os.path.basename(path) + ".other", path)


# -- the operator's configuration --


def broken_configurations(e):
    """Each way to break the configuration: what to do, and a word that the error must have."""
    path = e.machine.path(CONFIG)
    private = os.path.dirname(path)

    def directory():
        os.remove(path)
        os.mkdir(path)

    def link(target, owner=0):
        os.remove(path)
        os.symlink(target, path)
        os.chown(path, owner, owner, follow_symlinks=False)

    def others_file():
        e.machine.write("/etc/closedclaw/others", "{}", 0o644)
        os.chown(e.machine.path("/etc/closedclaw/others"), 1000, 1000)
        link("others")

    def fragment():
        e.machine.write(CONFIG, "{}")
        e.machine.write("/etc/closedclaw/conf.d/90.json5", "{ runtime: { enforcment: 'report' } }")

    return (
        (directory, "directory"),
        (lambda: with_config(e, "{ runtime: { enforcment: 'report' } }"), "enforcement"),
        (lambda: with_config(e, "{ agents: {"), "closedclaw.json5"),
        (lambda: with_config(e, ""), "empty"),
        (lambda: with_config(e, "\0"), "closedclaw.json5"),
        (lambda: with_config(e, "{}", owner=1000), "uid 1000"),
        (lambda: with_config(e, "{}", mode=0o664), "0664"),
        (lambda: with_config(e, "{}", mode=0o646), "0646"),
        (lambda: link("nowhere"), "leads nowhere"),
        (others_file, "uid 1000"),
        (lambda: link("closedclaw.json5"), "closedclaw.json5"),
        (lambda: os.chmod(private, 0o775), "0775"),
        (fragment, "enforcement"),
    )


def repair(e):
    path = e.machine.path(CONFIG)
    if os.path.isdir(path) and not os.path.islink(path):
        os.rmdir(path)
    elif os.path.lexists(path):
        os.remove(path)
    for name in ("others", "conf.d/90.json5"):
        other = e.machine.path("/etc/closedclaw/" + name)
        if os.path.lexists(other):
            os.remove(other)
    os.chmod(os.path.dirname(path), 0o755)
    with_config(e, "{}")


@test(BARE)
@restore_config
def a_broken_configuration_is_one_line(e):
    for breaks, word in broken_configurations(e):
        where = e.bundle("box", ["true"])
        before = e.machine.read(where + "/config.json")
        breaks()
        try:
            for line in (only_line(create(e, where, "box")),
                         only_line(e.machine.run(BINARY, "--root", e.state_dir, "run", "--bundle", where, "box")),
                         logged(e, "create", "--bundle", where, "box")):
                assert word in line, "%r is not in: %s" % (word, line)
            equal(e.machine.read(where + "/config.json"), before, "config.json")
            nothing_left(e)
        finally:
            repair(e)


@test(HERE)
@restore_config
def a_broken_configuration_of_the_environment_is_one_line(e):
    where = e.bundle("box", ["true"])
    e.machine.write("/tmp/open/c.json5", "{}", 0o644)
    os.chmod(e.machine.path("/tmp/open"), 0o777)
    for value, word in (("/etc/closedclaw/absent.json5", "absent.json5"), ("closedclaw.json5", "absolute"), ("", "absolute"),
                        ("/etc/closedclaw/", "absolute"), ("/tmp/open/c.json5", "/tmp/open"), ("/dev/null", "/dev/null"),
                        ("/proc/self/environ", "/proc"), ("/" + "x" * 300, "xxx"), ("/" + "x/" * 3000 + "y", "absolute")):
        env = {"CLOSEDCLAW_CONFIG": value}
        for line in (only_line(create(e, where, "box", env=env)), logged(e, "create", "--bundle", where, "box", env=env)):
            assert word in line, "%r is not in: %s" % (word, line)
    nothing_left(e)


@test(BARE)
@restore_config
def no_configuration_is_strict_with_every_file_gone(e):
    shutil.rmtree(e.machine.path("/etc/closedclaw"))
    try:
        check_status(expect(e.run("box", "cat", "/proc/self/status")).out, "the process")
        assert e.run("box", "touch", "/x").code != 0, "the root is writable"
    finally:
        e.machine.write(CONFIG, "{}")
        low_environment(e)
        base_configs(e)


def base_configs(e):
    from engines.base import install_runtime
    install_runtime(e.machine.write, e.runtime_file, lambda source, target: None)


@test(BARE, low=BOTH)
@restore_config
def an_engine_can_clean_up_with_a_broken_configuration(e):
    for breaks, _word in broken_configurations(e)[:3]:
        e.running("box")
        breaks()
        try:
            for program in (BINARY, TOOLS + "closedclaw-runtime-auto"):
                link_auto(e)
                equal(json.loads(expect(e.machine.run(program, "--root", e.state_dir, "state", "box")).out)["status"],
                      "running", "status")
                expect(e.machine.run(program, "--version"), has="closedclaw: ")
            expect(e.machine.run(BINARY, "--root", e.state_dir, "kill", "box", "KILL"))
            eventually(lambda: json.loads(e.machine.run(BINARY, "--root", e.state_dir, "state", "box").out)["status"]
                       == "stopped", what="the end")
            expect(e.machine.run(BINARY, "--root", e.state_dir, "delete", "box"))
            nothing_left(e)
            equal([p for p in states(e) if p.endswith("/box.json")], [], "states")
        finally:
            repair(e)


# -- report --


@test(HERE)
def report_passes_a_bundle_byte_for_byte(e):
    audit = "/var/log/closedclaw/robust.jsonl"
    if os.path.exists(e.machine.path(audit)):
        os.remove(e.machine.path(audit))
    env = {"CLOSEDCLAW_CONFIG": "/etc/closedclaw/robust-report.json5"}
    e.machine.write(env["CLOSEDCLAW_CONFIG"], json.dumps({
        "runtime": {"enforcement": "report", "lowLevel": ["/usr/bin/runc"]}, "audit": {"file": audit}}))
    where = e.bundle("box", ["sh", "-c", "touch /written && grep -E '^(Uid|CapEff|NoNewPrivs)' /proc/self/status"],
                     lambda spec: spec["linux"]["namespaces"].remove({"type": "ipc"}))
    text = e.machine.read(where + "/config.json").replace('"process":', '\n  "process"  :', 1)
    e.raw(where, text)
    result = expect(e.machine.run(BINARY, "--root", e.state_dir, "run", "--bundle", where, "box", env=env))
    bare = expect(e.machine.run("/usr/bin/runc", "--root", e.state_dir, "run", "--bundle", where, "box"))
    equal((result.out, result.err), (bare.out, bare.err), "what the container saw")
    assert "Uid:\t0\t" in result.out, result
    equal(e.machine.read(where + "/config.json"), text, "config.json")
    lines = [json.loads(line) for line in e.machine.read(audit).splitlines()]
    would = {(line["event"], line["rule"]) for line in lines}
    assert ("would-refuse", "namespace-ipc") in would, would
    assert {"would-tighten"} <= {event for event, _ in would}, would
    assert len([line for line in lines if line["event"] == "would-tighten"]) > 5, would
    assert all(line["container"] == "box" and line["time"] for line in lines), lines


@test(HERE)
def report_leaves_an_exec_alone(e):
    env = config_of(e, "robust-report2", enforcement="report", lowLevel=["/usr/bin/runc"])
    where = e.bundle("box", ["sleep", "1000"])
    detached(e, "box", BINARY, "--root", e.state_dir, "run", "-d", "--bundle", where, "box", env=env)
    script = "grep -E '^(Uid|Cap|NoNewPrivs|Seccomp:)' /proc/self/status"
    ours = expect(e.machine.run(BINARY, "--root", e.state_dir, "exec", "box", "sh", "-c", script, env=env))
    bare = expect(e.machine.run("/usr/bin/runc", "--root", e.state_dir, "exec", "box", "sh", "-c", script))
    equal(ours.out, bare.out, "what the exec saw")


# -- closedclaw-runtime-auto --


def link_auto(e):
    path = e.machine.path(TOOLS + "closedclaw-runtime-auto")
    if not os.path.lexists(path):
        os.symlink("closedclaw-runtime", path)
    return TOOLS + "closedclaw-runtime-auto"


@test(HERE)
def auto_passes_what_is_not_marked_untouched(e):
    leaky, auto = tool(e, "leaky"), link_auto(e)
    witness = tool(e, "witness")
    env = dict(over(e, witness), **JUNK)
    where = e.bundle("box", ["true"], lambda spec: spec["linux"]["namespaces"].clear())
    text = e.machine.read(where + "/config.json").replace('"process":', '\n  "process"  :', 1)
    e.raw(where, text)
    arguments = ["--root", e.state_dir, "--log=/tmp/x", "create", "--bundle=" + where, "--no-pivot", "box"]
    for call in (arguments, ["--root", e.state_dir, "exec", "-t", "box", "id", "--root", "x"],
                 ["--root", e.state_dir, "update", "--memory", "1000", "box"], ["--root", e.state_dir, "start", "box"],
                 ["--root", e.state_dir, "delete", "-f", "box"], ["whatever", "--new", "box"]):
        expect(e.machine.run(leaky, "-b", witness, *call, env=env))
        direct, direct_text = witnessed(e)
        expect(e.machine.run(leaky, "-b", auto, *call, env=env))
        said, text_of = witnessed(e)
        pipes = [re.sub(r"\[\d+\]", "[]", line) for line in said["fd"]]
        equal(pipes, [re.sub(r"\[\d+\]", "[]", line) for line in direct["fd"]], "descriptors\n" + text_of)
        assert len(said["fd"]) > 40, direct_text
        for what in ("arg", "env", "SigBlk", "SigIgn"):
            equal(said[what], direct[what], what)
        equal(e.machine.read(where + "/config.json"), text, "config.json")


@test(BARE, low=BOTH)
def auto_holds_what_is_marked(e):
    auto, env = link_auto(e), low_environment(e)

    def annotation(spec):
        spec["annotations"] = {"closedclaw.agent": "main"}

    def environment(spec):
        spec["process"]["env"].append("OPENCLAW_CLI=1")

    for mark in (annotation, environment):
        where = e.bundle("box", ["cat", "/proc/self/status"], mark)
        check_status(expect(e.machine.run(auto, "--root", e.state_dir, "run", "--bundle", where, "box", env=env)).out,
                     "the process")
        where = e.bundle("box", ["true"], lambda spec: (mark(spec), spec["linux"]["namespaces"].remove({"type": "pid"})))
        expect_refused(e.machine.run(auto, "--root", e.state_dir, "run", "--bundle", where, "box", env=env), "namespace-pid")
    nothing_left(e)
    where = e.bundle("box", ["sh", "-c", "touch /written && cat /proc/self/status"])
    plain = expect(e.machine.run(auto, "--root", e.state_dir, "run", "--bundle", where, "box", env=env)).out
    assert re.search(r"^Uid:\t0\t", plain, re.M), plain


@test(BARE, low=BOTH)
def auto_holds_an_exec_of_what_is_marked(e):
    auto, env = link_auto(e), low_environment(e)
    where = e.bundle("box", ["sleep", "1000"], lambda spec: spec.update(annotations={"closedclaw.agent": "main"}))
    detached(e, "box", auto, "--root", e.state_dir, "run", "-d", "--bundle", where, "box", env=env)
    check_status(expect(e.machine.run(auto, "--root", e.state_dir, "exec", "box", "cat", "/proc/self/status", env=env)).out,
                 "exec")


# -- what is the low-level runtime's own --


@test(BARE, low=BOTH)
def answers_are_the_low_level_runtimes(e):
    low, env = "/usr/bin/" + e.low, low_environment(e)
    e.running("box")
    calls = [("state", "box"), ("list",), ("list", "--format", "json"), ("list", "-q"), ("--help",), ("ps", "box"),
             ("state", "absent"), ("kill", "absent"), ("delete", "absent"), ("nonsense",), ("pause", "absent"), ()]
    if e.machine.run(low, "features").code == 0:
        calls.append(("features",))
    for call in calls:
        for auto in (False, True):
            program = link_auto(e) if auto else BINARY
            theirs = e.machine.run(low, "--root", e.state_dir, *call)
            ours = e.machine.run(program, "--root", e.state_dir, *call, env=env)
            if call == ("--help",):
                assert ours.out.endswith(theirs.out), ours
                continue
            equal((ours.code, without_time(ours.out), without_time(ours.err)),
                  (theirs.code, without_time(theirs.out), without_time(theirs.err)), " ".join(call))
    for call in ("--version", "-v"):
        theirs = e.machine.run(low, call)
        if theirs.code != 0:
            continue
        ours = expect(e.machine.run(BINARY, call, env=env))
        equal(ours.err, theirs.err, "standard error")
        assert re.fullmatch(re.escape(theirs.out) + r"closedclaw: \d+\.\d+\.\d+\n", ours.out), ours


def without_time(text):
    return re.sub(r"time=\"[^\"]*\"|\d{4}-\d\d-\d\dT[0-9:.]+Z", "", text)
