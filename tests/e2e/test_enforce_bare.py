"""The rules on bare bundles: what no engine would send, and the operator's configuration."""

import json
import os

from engines.base import CONFIG
from harness import BARE, BOTH, RUNC, eventually, equal, expect, expect_refused, test
from test_enforce import check_status


def nothing_left(e):
    outside = e.machine.path(e.state_dir)
    names = os.listdir(outside) if os.path.isdir(outside) else []
    # newer crun keeps dot files of its own there
    equal([name for name in names if not name.startswith(".")], [], "state of the low-level runtime")


@test(BARE, low=BOTH)
def kernel_state(e):
    check_status(expect(e.run("box", "cat", "/proc/self/status")).out, "the process")
    assert e.run("box", "touch", "/x").code != 0, "the root is writable"
    equal(expect(e.run("box", "ls", "/sys/class/net")).out.split(), ["lo"], "interfaces")


@test(BARE, low=BOTH)
def exec_with_arguments_has_no_privilege(e):
    e.running("box")
    check_status(expect(e.exec("box", "cat", "/proc/self/status")).out, "exec")
    check_status(expect(e.call("exec", "--cap", "CAP_SYS_ADMIN", "box", "cat", "/proc/self/status")).out, "exec --cap")


@test(BARE, low=BOTH)
def exec_as_root_with_arguments_is_refused(e):
    e.running("box")
    expect_refused(e.call("exec", "-u", "0", "box", "id"), "exec-user")
    expect_refused(e.call("exec", "--user", "0:1000", "box", "id"), "exec-user")
    expect(e.call("exec", "-u", "1000:1000", "box", "id", "-u"), has="1000")


@test(BARE, low=BOTH)
def running_sandbox_gets_no_mounts(e):
    e.running("box")
    expect_refused(e.call("mounts", "add", "box", "/var/tmp/mounts.json"), "mounts")


@test(BARE, low=BOTH)
def exec_with_process_file_has_no_privilege(e):
    e.running("box")
    full = ["CAP_SYS_ADMIN", "CAP_NET_ADMIN", "CAP_SETUID"]
    e.machine.write("/var/tmp/process.json", json.dumps({
        "args": ["cat", "/proc/self/status"], "cwd": "/", "env": ["PATH=/bin", "LD_PRELOAD=/x"], "terminal": False,
        "user": {"uid": 0, "gid": 0}, "noNewPrivileges": False,
        "capabilities": {name: full for name in ("bounding", "effective", "inheritable", "permitted", "ambient")}}))
    check_status(expect(e.call("exec", "--process", "/var/tmp/process.json", "box")).out, "exec")


def try_raw(e, change):
    """Creates from a config.json whose text was changed; `change` gets and returns the text."""
    where = e.bundle("box", ["true"])
    e.raw(where, change(e.machine.read(where + "/config.json")))
    result = e.call("run", "--bundle", where, "box")
    assert result.code != 0, "was accepted: %s" % result
    assert "closedclaw: refused [" in result.text, "no refusal line: %s" % result
    nothing_left(e)


@test(BARE, low=BOTH)
def refuses_keys_that_differ_by_case(e):
    try_raw(e, lambda text: text.replace('"process":', '"PROCESS": {"args": ["id"], "cwd": "/"}, "process":', 1))
    try_raw(e, lambda text: text.replace('"linux":', '"Linux": {}, "linux":', 1))


@test(BARE)
def refuses_duplicate_keys(e):
    try_raw(e, lambda text: text.replace('"process":', '"process": {"args": ["id"], "cwd": "/"}, "process":', 1))
    try_raw(e, lambda text: text.replace('"args":', '"args": ["id"], "args":', 1))


@test(BARE)
def refuses_a_nul_and_comments(e):
    try_raw(e, lambda text: text.replace('"true"', '"tr\\u0000ue"', 1))
    try_raw(e, lambda text: text.replace('"process":', '/* c */ "process":', 1))
    try_raw(e, lambda text: text + '{"process": {}}')


@test(BARE)
def refuses_what_is_no_configuration(e):
    for junk in ("", "[]", "null", "{", '{"process": []}', "[" * 100 + "]" * 100):
        try_raw(e, lambda _text, junk=junk: junk)


@test(BARE, low=RUNC)
def large_numbers_and_unknown_members_survive(e):
    def edit(spec):
        spec["annotations"] = {"org.example.kept": "yes"}
        spec["xUnknown"] = {"list": [1, 2.50, {"deep": None}]}
    where = e.bundle("box", ["true"], edit)
    text = e.machine.read(where + "/config.json").replace(
        '"xUnknown": {', '"xUnknown": {"big": 18446744073709551615, "small": 1e-400, ')
    e.raw(where, text)
    expect(e.call("run", "--bundle", where, "box"))
    after = e.machine.read(where + "/config.json")
    for kept in ("18446744073709551615", "1e-400", "org.example.kept", '"deep"'):
        assert kept in after, "%s was lost" % kept


@test(BARE, low=BOTH)
def refuses_a_hook(e):
    def edit(spec):
        spec["hooks"] = {"createRuntime": [{"path": "/usr/bin/busybox", "args": ["touch", "/tmp/hooked"]}]}
    expect_refused(e.run("box", "true", edit=edit), "hook")
    assert not os.path.exists(e.machine.path("/tmp/hooked")), "the hook ran"
    nothing_left(e)


@test(BARE, low=BOTH)
def refuses_checkpoint_and_restore(e):
    e.running("box")
    expect_refused(e.call("checkpoint", "--image-path", "/tmp/image", "box"), "checkpoint")
    equal(e.state("box")["status"], "running", "status after a refused checkpoint")
    where = e.bundle("other", ["true"])
    expect_refused(e.call("restore", "--image-path", "/tmp/image", "--bundle", where, "other"), "restore")


@test(BARE)
def refuses_a_bundle_that_others_can_write(e):
    where = e.bundle("box", ["true"])
    os.chmod(e.machine.path(where), 0o777)
    result = e.call("run", "--bundle", where, "box")
    assert result.code != 0 and "closedclaw: refused [" in result.text, result
    nothing_left(e)


@test(BARE)
def refuses_a_link_as_configuration(e):
    where = e.bundle("box", ["true"])
    path = e.machine.path(where + "/config.json")
    os.rename(path, path + ".real")
    os.symlink("config.json.real", path)
    result = e.call("run", "--bundle", where, "box")
    assert result.code != 0 and "closedclaw: " in result.text and "config.json" in result.text, result
    nothing_left(e)


@test(BARE, low=BOTH)
def refusal_goes_to_the_log_as_one_object(e):
    where = e.bundle("box", ["true"], lambda spec: spec["linux"]["namespaces"].remove({"type": "pid"}))
    result = e.call("--log", "/tmp/log.json", "--log-format", "json", "create", "--bundle", where, "box")
    assert result.code != 0, result
    equal(result.out, "", "standard output")
    lines = e.machine.read("/tmp/log.json").splitlines()
    os.remove(e.machine.path("/tmp/log.json"))
    equal(len(lines), 1, "lines in the log")
    entry = json.loads(lines[0])
    equal(entry["level"], "error", "level")
    assert entry["msg"].startswith("closedclaw: refused [namespace-pid] "), entry
    assert "T" in entry["time"], entry


# The operator's configuration


def with_config(e, text, mode=0o644, owner=0):
    e.machine.write(CONFIG, text, mode)
    os.chown(e.machine.path(CONFIG), owner, owner)


def restore_config(function):
    """Every test here leaves the machine's configuration as it found it."""
    def wrapped(e):
        before = e.machine.read(CONFIG)
        try:
            function(e)
        finally:
            path = e.machine.path(CONFIG)
            if os.path.isdir(path):
                os.rmdir(path)
            elif os.path.lexists(path):
                os.remove(path)
            os.chmod(os.path.dirname(path), 0o755)
            with_config(e, before)
    wrapped.__name__, wrapped.__module__ = function.__name__, function.__module__
    return wrapped


def must_fail(e, *words):
    result = e.run("box", "true")
    assert result.code != 0, "ran with a bad configuration: %s" % result
    for word in words:
        assert word in result.text, "%r is not in the error: %s" % (word, result)
    nothing_left(e)


@test(BARE)
@restore_config
def no_configuration_is_the_strict_default(e):
    os.remove(e.machine.path(CONFIG))
    check_status(expect(e.run("box", "cat", "/proc/self/status")).out, "the process")
    assert e.run("box", "touch", "/x").code != 0, "the root is writable"


@test(BARE)
@restore_config
def bad_configurations_are_errors(e):
    with_config(e, '{ agents: { defaults: { sandbox: { docker: { readonlyRoot: true } } } } }')
    must_fail(e, "readOnlyRoot", "closedclaw.json5")
    with_config(e, "{ runtime: { lowLevel: [ }")
    must_fail(e, "closedclaw.json5")
    with_config(e, '{ runtime: { enforcement: "perhaps" } }')
    must_fail(e, "enforcement")


@test(BARE)
@restore_config
def a_configuration_of_others_is_an_error(e):
    with_config(e, "{}", owner=1000)
    must_fail(e, "closedclaw.json5")
    with_config(e, "{}", mode=0o666)
    must_fail(e, "closedclaw.json5")
    with_config(e, "{}")
    os.chmod(os.path.dirname(e.machine.path(CONFIG)), 0o777)
    must_fail(e, "closedclaw")


@test(BARE)
@restore_config
def a_directory_as_configuration_is_an_error(e):
    path = e.machine.path(CONFIG)
    os.remove(path)
    os.mkdir(path)
    must_fail(e, "closedclaw.json5")


@test(BARE)
@restore_config
def a_named_configuration_that_is_absent_is_an_error(e):
    result = e.machine.run("env", "CLOSEDCLAW_CONFIG=/etc/closedclaw/absent.json5", e.runtime_path(), "--root", e.state_dir,
                           "run", "--bundle", e.bundle("box", ["true"]), "box")
    assert result.code != 0 and "absent.json5" in result.text, result
    nothing_left(e)


@test(BARE, low=BOTH)
def an_ended_container_can_be_deleted(e):
    e.running("box")
    expect(e.call("kill", "box", "KILL"))
    eventually(lambda: e.state("box")["status"] == "stopped", what="the end of the container")
    expect(e.call("delete", "box"))
    nothing_left(e)


@test(BARE, low=BOTH)
def limits_are_never_another_groups(e):
    e.running("victim")
    place = e.machine.read("/proc/%d/cgroup" % e.state("victim")["pid"])
    result = e.run("box", "true", edit=lambda spec: spec["linux"].update(cgroupsPath="/bare/victim"))
    expect_refused(result, "cgroup-path")
    result = e.run("box", "true", edit=lambda spec: spec["linux"].update(cgroupsPath="/bare"))
    expect_refused(result, "cgroup-path")
    equal(e.state("victim")["status"], "running", "the container whose group that is")
    equal(e.machine.read("/proc/%d/cgroup" % e.state("victim")["pid"]), place, "its group")
    expect(e.run("box", "true"))
