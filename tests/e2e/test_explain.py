"""What `closedclaw sandbox explain` and `sandbox list` say, beside what the container really is. The configurations are
the seeds' own, word for word (tests/e2e/seeds.py)."""

import contextlib
import json
import os
import re

import seeds
from engines.base import CONFIG
from harness import BARE, CONTAINERD, DOCKER, PODMAN, ROOT, equal, expect, status_of, test

MAIN, GROUP = "agent:main:main", "agent:main:telegram:group:-100123"
NEW = ("docker26", "docker28") + PODMAN  # --annotation is younger than Docker 20
EACH = ("docker26", "podman54", "containerd17", "bare12")


@contextlib.contextmanager
def configured(e, text):
    """TEXT is the host's configuration, as a file that was written by hand."""
    before = e.machine.read(CONFIG)
    e.machine.write(CONFIG, text)
    try:
        yield
    finally:
        e.machine.write(CONFIG, before)


def explain(e, *args):
    return json.loads(expect(e.closedclaw("sandbox", "explain", "--json", *args)).out)


def listed(e, *args):
    return {c["id"]: c for c in json.loads(expect(e.closedclaw("sandbox", "list", "--json", *args)).out)["containers"]}


def sessions(e):
    """What the command says of the main session and of another one."""
    main, other = explain(e)["sessions"]
    equal((main["sessionKey"], other["sessionKey"]), (MAIN, GROUP), "sessions")
    return main["sessionIsSandboxed"], other["sessionIsSandboxed"]


def is_sandboxed(e, *options):
    """What the kernel says of a container."""
    status = status_of(expect(e.run("--rm", *options, ROOT, "cat", "/proc/self/status")).out)
    root, bounded = status["Uid"].split()[0] == "0", int(status["CapBnd"], 16) == 0
    assert root != bounded and (status["NoNewPrivs"] == "1") == bounded, "neither the one nor the other: %s" % status
    return bounded


def of_session(key):
    return ("--annotation", "closedclaw.io/session=" + key)


# Seed 004's scenarios


@test(NEW)
def scenario_1_personal(e):
    with configured(e, seeds.PERSONAL):
        equal(sessions(e), (False, False), "explained")
        for options in ((), of_session(MAIN), of_session(GROUP)):
            equal(is_sandboxed(e, *options), False, "sandboxed %s" % (options,))
        e.running("box", *of_session(GROUP), ROOT)
        equal(listed(e), {}, "containers that are held to a policy")
        [box] = listed(e, "--all").values()
        equal((box["sandboxed"], box["session"]), (False, GROUP), "listed")
        expect(e.closedclaw("sandbox", "list", "--all"), has=("running", "not sandboxed"))


@test(NEW)
def scenario_2_mixed(e):
    with configured(e, seeds.MIXED):
        equal(sessions(e), (False, True), "explained")
        equal(is_sandboxed(e, *of_session(MAIN)), False, "the main session is sandboxed")
        for options in ((), of_session(GROUP), of_session("agent:main:main:thread:1")):
            equal(is_sandboxed(e, *options), True, "sandboxed %s" % (options,))


@test(NEW)
def scenario_3_remote(e):
    with configured(e, seeds.REMOTE):
        equal(sessions(e), (True, True), "explained")
        for options in ((), of_session(MAIN), of_session(GROUP)):
            equal(is_sandboxed(e, *options), True, "sandboxed %s" % (options,))
        # group:runtime and group:fs are denied, and the runtime sees to it
        told = explain(e)["toolPolicy"]["effective"]
        assert "exec" not in told and "read" not in told, told
        e.running("box", *of_session(GROUP), ROOT)
        expect(e.exec("-i", "box", "/bin/sh", "-lc", "echo ran"), code=(126, 128, 255), has="[tool]", lacks="ran\n")


@test(NEW)
def the_example_of_seed_004(e):
    with configured(e, seeds.EXAMPLE):
        equal(sessions(e), (False, True), "explained")
        expect(e.closedclaw("sandbox", "explain"), has=(
            "Sandbox mode:     non-main", "Sandbox scope:    session", "Workspace access: none",
            'Session "%s" → HOST (main session exempted)' % MAIN, 'Session "%s" → SANDBOX' % GROUP,
            "  brew *     → host (with approval)", "  git push * → host (with approval)", "  Profile: coding",
            "  Denied: group:automation"))
        equal((is_sandboxed(e, *of_session(MAIN)), is_sandboxed(e, *of_session(GROUP))), (False, True), "the kernel's word")


# Seed 001's two agents


def mounts_of(e, agent):
    """The three places of the seed, in a container of AGENT: target to "ro" or "rw" by the kernel, and what comes of a write."""
    text = expect(e.run("--rm", "--annotation", "closedclaw.io/agent=" + agent, ROOT, "sh", "-c",
                        "cat /proc/self/mounts; for d in /source /data /cache; do "
                        "(echo x > $d/written) 2>/dev/null && echo wrote $d; done; true")).out
    found = {m.group(1): m.group(2).split(",")[0] for m in re.finditer(r"^\S+ (/source|/data|/cache) \S+ (\S+)", text, re.M)}
    wrote = re.findall(r"^wrote (\S+)$", text, re.M)
    equal(sorted(wrote), sorted(target for target, mode in found.items() if mode == "rw"), "where it could write")
    return found


def explained_binds(e, agent):
    return {m["target"]: m["mode"] for m in explain(e, "--agent", agent)["mounts"] if m["source"] != "tmpfs"}


@test(NEW)
def two_agents_binds(e):
    for source in ("/home/user/source", "/var/data/myapp", "/mnt/cache"):
        e.machine.run("mkdir", "-p", source, check=True)
        e.machine.run("chmod", "0777", source, check=True)
    everybodys = {"/source": "ro", "/data": "ro"}
    shared = seeds.BINDS.replace("sandbox: {", 'sandbox: { scope: "shared",', 1)
    for text, wanted in ((seeds.BINDS, dict(everybodys, **{"/cache": "rw"})), (shared, everybodys)):
        with configured(e, text):
            for agent, binds in (("build", wanted), ("other", everybodys)):
                equal(mounts_of(e, agent), binds, "the kernel's word on " + agent)
                equal(explained_binds(e, agent), binds, "the command's on " + agent)


# Real containers


def start(e):
    """A container of the agent `build`: its id."""
    if e.name.startswith("bare"):
        return e.running("box", edit=lambda spec: spec.update(annotations={"closedclaw.io/agent": "build"}))
    if e.name.startswith("containerd"):
        return e.running("box", ROOT, "--annotation", "closedclaw.io/agent=build")
    e.running("box", "--annotation", "closedclaw.io/agent=build", ROOT)
    return e.inspect("box", "{{.Id}}")


def engine_of(e):
    return {"docker26": "docker", "podman54": "podman", "containerd17": "containerd", "bare12": "none"}[e.name]


def pause(e, verb):
    if e.name.startswith("bare"):
        e.call({"pause": "pause", "unpause": "resume"}[verb], "box", check=True)
    elif e.name.startswith("containerd"):
        e.ctr("tasks", {"pause": "pause", "unpause": "resume"}[verb], "box", check=True)
    else:
        e.cmd(verb, "box", check=True)


def loosen(e, pid):
    """Takes away a limit of the process's group, as somebody on the host may."""
    path = re.search(r"^\d+:pids:(.*)$", e.machine.run("cat", "/proc/%d/cgroup" % pid, check=True).out, re.M).group(1)
    e.machine.run("sh", "-c", "echo max >/sys/fs/cgroup/pids%s/pids.max" % path, check=True)


@test(EACH)
def list_and_explain(e):
    e.machine.run("rm", "-f", "/var/log/closedclaw/audit.jsonl")  # bare bundles of other tests have the same id
    before = set(listed(e, "--all"))
    box = start(e)
    found = listed(e)
    equal(set(found) - before, {box}, "new in the list")
    one = found[box]
    equal((one["engine"], one["agent"], one["status"], one["enforced"]), (engine_of(e), "build", "running", True), "listed")
    assert one["pid"] > 0 and "/box" not in (one["root"] or ""), one
    if e.name.startswith(("docker", "podman")):
        equal(one["name"], "box", "the engine's name")
    expect(e.closedclaw("sandbox", "list", "--agent", "build"), has=("CONTAINER", "build", "running"))
    expect(e.closedclaw("sandbox", "list", "--agent", "nobody"), has="no managed container")
    equal(one["drift"], [], "drift")
    loosen(e, one["pid"])
    [difference] = listed(e)[box]["drift"]
    assert "pids" in difference["difference"] or "process" in difference["difference"], difference
    expect(e.closedclaw("sandbox", "list"), has="1 difference")
    expect(e.closedclaw("sandbox", "list", "--no-drift"), has="not looked", lacks="difference")
    pause(e, "pause")
    equal(listed(e)[box]["status"], "paused", "status")
    pause(e, "unpause")
    told = json.loads(expect(e.closedclaw("sandbox", "explain", "--container", box[:12], "--json")).out)
    equal(told["id"], box, "explained")
    assert any(c["place"] == "process.user" and c["was"].startswith("0") and c["rule"] == "user" for c in told["tightened"]), told
    equal(told["refused"], [], "refused")
    equal(len(told["drift"]), 1, "explained drift")
    shown = expect(e.closedclaw("explain", "--container", "box"), has=("process.user", "[user]", "Tightened:", "Drift:", "build"))
    wide = [line for line in shown.out.splitlines() if len(line) > 80 and " " in line.strip()]
    equal(wide, [], "lines beyond 80 columns")
    e.clean()
    assert box not in listed(e, "--all"), "listed although it is gone"
    expect(e.closedclaw("explain", "--container", "no-such"), code=1, has="no managed container")


def refused_id(e):
    """Asks for the host's network; the id under which it was refused."""
    if e.name.startswith("bare"):
        edit = lambda spec: spec["linux"].update(namespaces=[n for n in spec["linux"]["namespaces"] if n["type"] != "mount"])
        assert e.run("bad", "true", edit=edit).code != 0
        return "bad"
    if e.name.startswith("containerd"):
        assert e.run("--rm", "--privileged", ROOT, "bad", "true").code != 0
        return "bad"
    expect(e.create("--name", "bad", "--privileged", ROOT, "true"))
    assert e.cmd("start", "bad").code != 0
    return e.inspect("bad", "{{.Id}}")


@test(EACH)
def what_was_refused(e):
    bad = refused_id(e)
    told = json.loads(expect(e.closedclaw("sandbox", "explain", "--container", bad, "--json")).out)
    equal((told["id"], told["status"]), (bad, "none"), "explained")
    assert told["refused"] and told["refused"][-1]["call"] in ("create", "run") and told["refused"][-1]["rule"], told
    expect(e.closedclaw("sandbox", "explain", "--container", bad[:12]), has=(bad, "[%s]" % told["refused"][-1]["rule"]))
