"""closedclaw sandbox list and explain --container: the screens, with states as create writes them. What they say of real
containers is in tests/e2e/test_explain.py."""

import json
import os
import re
import time

DAY = 24 * 3600 * 1000
BUILD, GONE, OLD = "4b7e1d9a02c6" + "0" * 52, "c0ffee000001" + "0" * 52, "0123456789ab" + "0" * 52

TIGHTENED = [
    ["capabilities", "process.capabilities", "14 in the bounding set", "0 in all five sets"],
    ["no-new-privs", "process.noNewPrivileges", "false", "true"],
    ["user", "process.user", "0:0", "65532:65532"],
    ["environment", "process.env", "LD_PRELOAD", "removed"],
    ["resources", "linux.resources.memory.limit", "none", "2147483648"],
    ["mount-option", "mounts[/proc/acpi]", "rw", "nosuid,nodev,noexec"],
    ["seccomp", "linux.seccomp", "the engine's profile with 374 system calls", "narrowed: 303 system calls allowed"],
]
REFUSED = [
    ("create", "network", "network of the host: it is no sandbox; name another network"),
    ("exec", "capabilities", "exec with CAP_SYS_ADMIN: the container's policy has no capabilities; leave it out"),
]


def directory_of(root):
    """FNV-1a, as shim/state.c names a root's directory."""
    h = 14695981039346656037
    for byte in root.encode():
        h = ((h ^ byte) * 1099511628211) % 2 ** 64
    return "%016x" % h


class Host:
    """A /run of its own, with states in it, seen by the program alone."""

    def __init__(self, c):
        self.c, self.run = c, c.path("run")
        with open("/proc/sys/kernel/random/boot_id") as file:
            self.boot = file.read().strip()
        self.audit = c.path("audit.jsonl")
        script = ('#!/bin/sh\nexec unshare -m sh -c \'mount --make-rprivate / && mount --bind "%s" /run && exec "%s" "$@"\' sh "$@"\n'
                  % (self.run, c.program))
        c.write("run/closedclaw/.keep", "")
        os.chmod(self.run + "/closedclaw", 0o711)
        c.write("program", script, 0o755)
        c.program = c.path("program")

    def state(self, id, root="/run/low", age=3, about=None, **members):
        line = {"boot": self.boot, "managed": True, "lowLevel": "/usr/bin/runc", "bundle": "/b", "uid": 65532, "gid": 65532,
                "memory": 2 << 30, "milliCpus": 2000, "pids": 512, "auditFile": self.audit, **members}
        told = {"root": root, "created": int(time.time() * 1000) - age * DAY, "report": [], **(about or {})}
        name = "run/closedclaw/%s/%s.json" % (directory_of(root), id)
        os.makedirs(os.path.dirname(self.c.path(name)), mode=0o700, exist_ok=True)
        self.c.write(name, "%s\n\nabout %s\n" % (json.dumps(line), json.dumps(told)), 0o600)

    def ended(self, id):
        """What runc keeps of a container whose process is no more."""
        self.c.write("run/low/%s/state.json" % id, '{"init_process_pid":4194303,"init_process_start":1}')

    def record(self, id):
        lines = [json.dumps({"time": "2026-01-31T12:00:0%dZ" % i, "event": "refused", "call": call, "container": id, "rule": rule,
                             "message": message}) for i, (call, rule, message) in enumerate(REFUSED)]
        self.c.write("audit.jsonl", "\n".join(lines) + "\n", 0o600)


def steady(result):
    """The moment of a create is another one each time."""
    result.out = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \(", "2026-01-28T12:00:00Z (", result.out)
    return result


def host(c):
    h = Host(c)
    h.state(BUILD, about={"engine": "docker", "kind": "agent", "agent": "build", "session": "agent:build:telegram:group:-100123",
                          "name": "sbx-build", "report": TIGHTENED})
    h.state(GONE, age=5, about={"engine": "podman"})
    h.state(OLD, age=9, managed=False, about={"engine": "containerd", "session": "agent:main:main"})
    h.ended(BUILD)
    h.ended(OLD)
    h.record(BUILD)
    return h


def test_list(c):
    host(c)
    c.golden("list-all", c.run("sandbox", "list", "--all"))
    told = c.run("sandbox", "list", "--all", "--json").json()
    assert told["complete"], told
    assert [(x["id"], x["status"], x["sandboxed"], x["agent"]) for x in told["containers"]] == [
        (BUILD, "stopped", True, "build"), (GONE, "gone", True, None), (OLD, "stopped", False, "main")], told
    result = c.run("sandbox", "list")
    assert "There is no managed container." in result.out and "3 more" in result.out, result
    assert [x["id"] for x in c.run("ps", "--all", "--json", "--agent", "BUILD").json()["containers"]] == [BUILD]
    assert [x["id"] for x in c.run("ps", "--all", "--json", "--engine", "podman").json()["containers"]] == [GONE]
    assert "of that kind" in c.run("ps", "--engine", "cri").out
    c.run("ps", "--engine", "cry", code=64)


def test_empty_list(c):
    Host(c)
    c.golden("list-empty", c.run("sandbox", "list"))
    assert c.run("sandbox", "list", "--json").json() == {"complete": True, "containers": []}


def test_a_state_of_an_earlier_boot_is_none(c):
    h = Host(c)
    h.state(BUILD, boot="00000000-0000-0000-0000-000000000000")
    assert c.run("ps", "--all", "--json").json()["containers"] == []


def test_one_state_that_cannot_be_believed(c):
    h = host(c)
    os.chmod(h.run + "/closedclaw/%s/%s.json" % (directory_of("/run/low"), GONE), 0o666)
    result = c.run("ps", "--all")
    assert "others may write it" in " ".join(result.out.split()) and "sbx-build" in result.out, result


def test_explain_container(c):
    host(c)
    c.golden("explain-container", steady(c.run("sandbox", "explain", "--container", BUILD[:6])))
    told = c.run("explain", "--container", BUILD, "--json").json()
    assert told["tightened"][2] == {"place": "process.user", "was": "0:0", "now": "65532:65532", "rule": "user"}, told
    assert [(r["call"], r["rule"]) for r in told["refused"]] == [("create", "network"), ("exec", "capabilities")], told
    assert "not sandboxed" in c.run("explain", "--container", OLD).out


def test_explain_one_that_was_refused(c):
    h = host(c)
    h.record("bad" * 4)
    config = '{ audit: { file: "%s" } }' % h.audit
    c.golden("explain-container-refused", c.run("sandbox", "explain", "--container", "badbad", config=config))
    assert c.run("explain", "--container", "badbad", "--json", config=config).json()["status"] == "none"
    assert "no managed container `nobody`" in c.run("explain", "--container", "nobody", config=config, code=1).err


def test_explain_ambiguous(c):
    h = host(c)
    h.state(BUILD[:12] + "f" * 52)
    h.ended(BUILD[:12] + "f" * 52)
    assert "of 2 containers" in c.run("explain", "--container", BUILD[:6], code=3).err
    c.run("explain", "--container", BUILD, "--agent", "x", code=64)


def test_control_characters_stay_out(c):
    h = Host(c)
    h.state(BUILD, about={"agent": "x\033]0;t\007", "session": "\033[2J", "report": [["user", "a\033b", "c\033", "d\r"]]})
    h.ended(BUILD)
    for args in (("ps", "--all"), ("explain", "--container", BUILD)):
        result = c.run(*args)
        assert "\033" not in result.out and "\r" not in result.out, result


def test_names_begin_no_line(c):
    """Labels and annotations are whoever's who may ask an engine for a container."""
    evil = "x\nState:  running\n\033[2J"
    h = Host(c)
    h.state(BUILD, about={"engine": "docker", "agent": evil, "session": evil, "name": evil, "image": evil, "report": [[evil] * 4]})
    c.write("audit.jsonl", json.dumps({"time": evil, "event": "refused", "call": evil, "container": BUILD, "rule": evil, "message": "m"}) + "\n", 0o600)
    for words in (["sandbox", "list", "--all"], ["explain", "--container", BUILD]):
        for columns in ("40", "80", "200"):
            result = c.run(*words, env={"COLUMNS": columns})
            assert "\nState:  running" not in result.out and "\033" not in result.out, result


def test_long_agents(c):
    """What leaves no room for the session has it below, not in a column of seven."""
    h = Host(c)
    h.state(BUILD, about={"engine": "docker", "agent": "customer-support-production-eu",
                          "session": "agent:customer-support-production-eu:telegram:group:-100123"})
    result = c.run("sandbox", "list", "--all")
    assert "\n    telegram:group:-100123\n" in result.out, result
    assert max(len(line) for line in result.out.splitlines()) <= 80 and " \n" not in result.out, result
