"""The tool policy at an exec: what the arguments show of it is held to, whichever way the exec comes.

The forms are those of the gateways (docs/tool-policy.md). The scripts here are shorter than theirs; the runtime looks at
the arguments around them.
"""

import json

from engines.base import CONFIG
from harness import BARE, BOTH, DOCKER, PODMAN, ROOT, RUNC, equal, expect, expect_refused, test

NO_EXEC = {"deny": ["group:runtime"]}
NO_WRITE = {"deny": ["write", "edit", "apply_patch"]}
SETUP = "echo set up > /tmp/setup"

# Of 900 `docker exec -i` on a busy machine three or four never see the end of their input, with runc alone as well (Docker
# 28): so what is written here is as long as this, and no script waits for an end.
INPUT = "written\n"
SHELL = ("/bin/sh", "-lc", "echo ran")
OPERATIONS = {
    "read": ('cat "$2/$4"', "/tmp", "", "file"),
    "readdir": ('ls "$2"', "/tmp", ""),
    "write": ('head -c 8 > "$2/$4"', "/tmp", "", "file", "1"),
    "create": ('true > "$2/$4"', "/tmp", "", "new", "0"),
    "mkdirp": ('mkdir -p "$2/$3"', "/tmp", "a/b"),
    "remove": ('rm -rf "$2/$4"', "/tmp", "", "file", "0", "1"),
    "rename": ('mv "$2/$4" "$5/$7"', "/tmp", "", "file", "/tmp", "", "moved", "1"),
    "copy": ('cp "$2/$4" "$5/$7"', "/tmp", "", "file", "/tmp", "", "copied", "0"),
}
LOOKING = ("read", "readdir")


def operation(name):
    script, *arguments = OPERATIONS[name]
    return ("sh", "-c", "set -eu\n" + script, "openclaw-sandbox-fs", name, *arguments)


STAT = ("sh", "-c", 'set -eu\ncd -- "$1"\nls -d -- "$2"', "openclaw-sandbox-fs", "/tmp", "file")
CANONICAL = ("sh", "-c", 'readlink -f -- "$1"', "openclaw-sandbox-fs", "/tmp/file", "0", "0")
MOUNTS = ("cat", "/proc/self/mountinfo")
CLEANUP = ("sh", "-c", "true", "openclaw-sandbox-fs", "CODEX_SANDBOX_EXEC_ID=0b1c2d3e-0000-4000-8000-123456789abc")

# what stands in for the agent's shell where that is denied
BYPASSES = (
    ("sh", "-lc", "echo ran"),
    ("/bin/sh", "-c", "echo ran"),
    ("/bin/ash", "-lc", "echo ran"),
    ("busybox", "sh", "-c", "echo ran"),
    ("/bin/busybox", "echo", "ran"),
    ("echo", "ran"),
    ("sh", "-c", "echo ran", "openclaw-sandbox-fs"),
    ("sh", "-c", "echo ran", "openclaw-sandbox-fs", "shell"),
    ("sh", "-c", "echo ran", "openclaw-sandbox-fs", "READ", "/tmp", "", "file"),
    ("sh", "-c", "echo ran", "openclaw-sandbox-fs", "read", "/tmp"),
    ("sh", "-c", "echo ran", "openclaw-sandbox-fs", "read", "/tmp", "", "a/b"),
    ("sh", "-c", "echo ran", "openclaw-sandbox-fs", "read", "/tmp", "", "file", "x"),
    ("sh", "-c", "echo ran", "openclaw-sandbox-fs", "CODEX_SANDBOX_EXEC_ID="),
    ("sh", "-c", "echo ran", "not-openclaw-sandbox-fs", "read", "/tmp", "", "file"),
    ("ash", "-c", "echo ran", "openclaw-sandbox-fs", "read", "/tmp", "", "file"),
    ("cat", "/proc/self/mountinfo", "/etc/passwd"),
    ("/bin/sh", "-lc", SETUP + "; echo ran"),
)


def configured(text):
    """Runs a test with this configuration, and puts the machine's own back."""
    def decorate(function):
        def wrapped(e):
            path = CONFIG if e.low == "runc" else "/etc/closedclaw/closedclaw-crun.json5"
            before = e.machine.read(path)
            e.machine.write(path, json.dumps(dict(text, runtime=dict({"lowLevel": ["/usr/bin/" + e.low]},
                                                                     **text.get("runtime", {})))))
            try:
                function(e)
            finally:
                e.machine.write(path, before)
        wrapped.__name__, wrapped.__module__ = function.__name__, function.__module__
        return wrapped
    return decorate


def agents(**tools):
    """A configuration of agents with these `tools` blocks."""
    return {"agents": {"defaults": {"sandbox": {"docker": {"setupCommand": SETUP}}},
                       "list": [{"id": name, "tools": block} for name, block in tools.items()]}}


def box(e, agent):
    """A container of AGENT (None: of nobody)."""
    if e.name in BARE:
        return e.running("box", edit=lambda spec: spec.update(
            {"annotations": {"closedclaw.io/agent": agent}} if agent else {}))
    options = []
    if agent:
        options = ["--annotation", "closedclaw.io/agent=" + agent] if e.name in PODMAN \
            else ["--label", "closedclaw.agent=" + agent]
    return e.running("box", *options, ROOT)


def exec_(e, *argv, **kwargs):
    if e.name in BARE:
        return e.exec("box", *argv, **kwargs)
    return e.exec("-i", "box", *argv, **kwargs)


def refused(e, *argv):
    result = expect_refused(exec_(e, *argv), "tool")
    assert "\nran" not in "\n" + result.out, "it ran: %s" % result
    return result


def goes_on(e, *argv, has=(), stdin=None):
    return expect(exec_(e, *argv, stdin=stdin), has=has, lacks="closedclaw")


ENGINES = DOCKER + PODMAN


@test(ENGINES, BARE, low=BOTH)
@configured(agents(closed=NO_EXEC))
def without_exec_no_program_runs_but_files_are_read_and_written(e):
    box(e, "closed")
    result = refused(e, *SHELL)
    for word in ("tool `exec` is denied to agent `closed`", "`group:runtime` in tools.deny of agent `closed`", ".json5:1"):
        assert word in result.text, "%r is missing: %s" % (word, result)
    goes_on(e, *operation("create"))
    goes_on(e, *operation("write"), stdin=INPUT)
    equal(goes_on(e, *operation("read")).out, INPUT, "what was written")
    goes_on(e, *operation("readdir"), has="file")
    goes_on(e, *STAT, has="file")
    goes_on(e, *CANONICAL, has="/tmp/file")
    goes_on(e, *MOUNTS, has=" / ")
    goes_on(e, *CLEANUP)


@test(ENGINES, BARE, low=BOTH)
@configured(agents(closed=NO_EXEC))
def what_stands_in_for_the_shell_is_refused(e):
    box(e, "closed")
    for argv in BYPASSES:
        refused(e, *argv)


@test(ENGINES, BARE, low=BOTH)
@configured(agents(closed=NO_EXEC))
def the_policys_own_set_up_runs_all_the_same(e):
    box(e, "closed")
    goes_on(e, "/bin/sh", "-lc", SETUP)
    goes_on(e, *operation("readdir"), has="setup")


@test(ENGINES, BARE, low=BOTH)
@configured(agents(reader=NO_WRITE))
def without_writing_tools_files_are_only_read(e):
    box(e, "reader")
    goes_on(e, *SHELL, has="ran")
    goes_on(e, "/bin/sh", "-lc", "echo kept > /tmp/file")
    for name in OPERATIONS:
        if name in LOOKING:
            goes_on(e, *operation(name))
        else:
            result = refused(e, *operation(name))
            assert "tool `write` is denied" in result.text and "exec of %s:" % name in result.text, result
    refused(e, "sh", "-c", "echo ran", "openclaw-sandbox-fs", "chmod", "/tmp", "", "file")
    equal(goes_on(e, *operation("read")).out, "kept\n", "the file")
    goes_on(e, *STAT, has="file")
    goes_on(e, *MOUNTS)
    goes_on(e, *CLEANUP)


@test(ENGINES, BARE, low=RUNC)
@configured({"agents": {"defaults": {"sandbox": {"workspaceAccess": "ro"}}}})
def a_read_only_workspace_is_not_written_by_file_tools(e):
    box(e, "main")
    result = refused(e, *operation("write"))
    assert 'workspaceAccess "ro"' in result.text, result
    goes_on(e, *operation("readdir"))
    goes_on(e, *SHELL, has="ran")


@test(ENGINES, BARE, low=RUNC)
@configured({"tools": {"profile": "messaging", "deny": ["group:fs", "group:runtime", "message"]}})
def without_any_tool_that_reads_nothing_is_read(e):
    box(e, "main")
    for argv in (operation("read"), operation("readdir"), STAT, CANONICAL, operation("write"), SHELL):
        refused(e, *argv)
    goes_on(e, *MOUNTS)
    goes_on(e, *CLEANUP)


@test(ENGINES, BARE, low=RUNC)
@configured(dict(agents(closed=NO_EXEC), tools={"deny": ["exec"]}))
def who_is_no_agent_is_not_held_to_tools(e):
    box(e, None)
    goes_on(e, *SHELL, has="ran")
    goes_on(e, *operation("create"))


@test(ENGINES, BARE, low=RUNC)
@configured(agents(closed=NO_EXEC, open={}))
def another_agent_is_not_held_to_this_ones_tools(e):
    box(e, "open")
    goes_on(e, *SHELL, has="ran")


@test(DOCKER, low=BOTH)
@configured({"tools": {"deny": ["exec"]}})
def a_gateways_session_label_names_the_agent(e):
    e.running("box", "--label", "openclaw.sandbox=1", "--label", "openclaw.sessionKey=agent:main:main", ROOT)
    refused(e, *SHELL)
    goes_on(e, *operation("readdir"))


@test(ENGINES, BARE, low=RUNC)
@configured(dict(agents(closed=NO_EXEC), runtime={"enforcement": "report"}, audit={"file": "/var/log/closedclaw/tools.jsonl"}))
def a_report_only_records(e):
    e.machine.run("mkdir", "-p", "/var/log/closedclaw", check=True)
    e.machine.write("/var/log/closedclaw/tools.jsonl", "", 0o600)
    box(e, "closed")
    goes_on(e, *SHELL, has="ran")
    record = e.machine.read("/var/log/closedclaw/tools.jsonl")
    assert '"rule":"tool"' in record and "tool `exec` is denied" in record, "not recorded: %r" % record


@test(BARE, low=BOTH)
@configured(agents(closed=NO_EXEC, reader=NO_WRITE))
def a_process_file_is_held_alike(e):
    box(e, "closed")
    for argv, allowed in ((SHELL, False), (("busybox", "id"), False), (STAT[:-1] + ("setup",), None), (CANONICAL, True),
                          (operation("create"), True), (MOUNTS, True)):
        e.machine.write("/var/tmp/process.json", json.dumps({
            "args": list(argv), "cwd": "/", "env": ["PATH=/bin"], "terminal": False, "user": {"uid": 0, "gid": 0}}))
        result = e.call("exec", "--process", "/var/tmp/process.json", "box")
        if allowed is False:
            expect_refused(result, "tool")
        elif allowed:
            expect(result, lacks="closedclaw")
        else:
            assert "closedclaw" not in result.text, result


@test(BARE, low=RUNC)
@configured(agents(closed=NO_EXEC))
def a_state_of_an_earlier_version_denies_nothing(e):
    """A container that was created before this was known to states is held to what its state says, and goes on."""
    box(e, "closed")
    refused(e, *SHELL)
    found = e.machine.run("find", "/run/closedclaw", "-name", "box.json", check=True).out.split()
    equal(len(found), 1, "states")
    text = e.machine.read(found[0])
    first, rest = text.split("\n", 1)
    state = json.loads(first)
    del state["tools"]
    # in place: the file is root's alone, and bound by its contents only
    e.machine.write(found[0], json.dumps(state, separators=(",", ":")) + "\n" + rest, 0o600)
    goes_on(e, *SHELL, has="ran")
