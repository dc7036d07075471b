"""The runtime's own command line on bare bundles."""

import json

from harness import BARE, BOTH, equal, eventually, expect, test


@test(BARE, low=BOTH)
def run(e):
    result = expect(e.run("box", "sh", "-c", "echo out; echo err >&2; exit 3"), code=3)
    equal(result.out, "out\n", "standard output")
    equal(result.err, "err\n", "standard error")


@test(BARE, low=BOTH)
def create_start_kill_delete(e):
    where = e.bundle("box", ["sleep", "1000"])
    made = e.machine.run("sh", "-c", 'exec "$@" </dev/null >/tmp/box.out 2>&1', "sh", e.runtime_path(), "--root",
                         e.state_dir, "create", "--bundle", where, "--pid-file", "/tmp/box.pid", "box")
    expect(made)
    equal(e.state("box")["status"], "created", "status")
    equal(int(e.machine.read("/tmp/box.pid")), e.state("box")["pid"], "pid file")
    expect(e.call("start", "box"))
    equal(e.state("box")["status"], "running", "status")
    expect(e.call("kill", "box", "KILL"))
    eventually(lambda: e.state("box")["status"] == "stopped", what="the end of the container")
    expect(e.call("delete", "box"))
    assert e.call("state", "box").code != 0


@test(BARE, low=BOTH)
def exec_with_arguments(e):
    e.running("box")
    equal(expect(e.exec("box", "sh", "-c", "echo inside; exit 5"), code=5).out, "inside\n", "output")


@test(BARE, low=BOTH)
def exec_with_process_file(e):
    e.running("box")
    e.machine.write("/var/tmp/process.json", json.dumps(
        {"args": ["sh", "-c", "echo from-file"], "cwd": "/", "env": ["PATH=/bin"], "user": {"uid": 0, "gid": 0},
         "terminal": False}))
    equal(expect(e.call("exec", "--process", "/var/tmp/process.json", "box")).out, "from-file\n", "output")


@test(BARE, low=BOTH)
def pause_and_resume(e):
    e.running("box")
    expect(e.call("pause", "box"))
    equal(e.state("box")["status"], "paused", "status")
    expect(e.call("resume", "box"))
    expect(e.exec("box", "true"))


@test(BARE, low=BOTH)
def process_list(e):
    e.running("box")
    equal(json.loads(expect(e.call("ps", "--format", "json", "box")).out), [e.state("box")["pid"]], "processes")


@test(BARE, low=BOTH)
def version(e):
    result = expect(e.call("--version"))
    assert result.out.startswith(e.low + " version "), result


@test(BARE)
def features(e):
    result = e.call("features")
    low = e.machine.run("/usr/bin/runc", "features")
    equal((result.code, result.out), (low.code, low.out), "features")
