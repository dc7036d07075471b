"""What users do with containers keeps working. All of this passes with a bare low-level runtime too."""

import threading

from harness import BOTH, DOCKER, HEALTH, PODMAN, ROOT, USER, VM, equal, eventually, expect, test

ENGINES = DOCKER + PODMAN


@test(ENGINES, VM, low=BOTH)
def output_and_exit_code(e):
    result = expect(e.run("--rm", ROOT, "sh", "-c", "echo to-out; echo to-err >&2; exit 7"), code=7)
    equal(result.out, "to-out\n", "standard output")
    assert "to-err" in result.err, result
    equal(e.containers(), [], "containers after --rm")


@test(ENGINES)
def command_not_found(e):
    expect(e.run("--rm", ROOT, "/no/such/program"), code=127)


@test(ENGINES, low=BOTH)
def standard_input(e):
    equal(expect(e.run("--rm", "-i", USER, "cat", stdin="over the pipe\n")).out, "over the pipe\n", "echo of cat")


@test(ENGINES, low=BOTH)
@test(VM)
def terminal(e):
    result = e.run_terminal("--rm", "-it", ROOT, "sh", typed="test -t 0 && tty; stty size; exit 5\n")
    expect(result, code=5, has="/dev/pts/0")


@test(ENGINES)
def environment_and_directory(e):
    result = expect(e.run("--rm", "-e", "COLOUR=blue", "-w", "/srv/www", ROOT, "sh", "-c", "echo $COLOUR; pwd"))
    equal(result.out, "blue\n/srv/www\n", "environment and directory")


@test(ENGINES, low=BOTH)
def detached_logs_and_wait(e):
    expect(e.run("-d", "--name", "box", ROOT, "sh", "-c", "echo one; echo two; exit 4"))
    expect(e.cmd("wait", "box"), has="4")
    eventually(lambda: e.cmd("logs", "box", check=True).out == "one\ntwo\n", what="both lines in the log")


@test(ENGINES, low=BOTH)
@test(VM)
def exec_plain(e):
    e.running("box", USER)
    result = expect(e.exec("box", "sh", "-c", "echo inside; exit 9"), code=9)
    equal(result.out, "inside\n", "output of exec")
    equal(e.exec("-i", "box", "cat", stdin="typed").out, "typed", "input of exec")
    result = e.exec("-e", "A=b", "-w", "/srv", "box", "sh", "-c", "echo $A; pwd")
    equal(result.out, "b\n/srv\n", "environment and directory of exec")


@test(ENGINES, low=BOTH)
@test(VM)
def exec_terminal(e):
    e.running("box", ROOT)
    result = e.machine.terminal(e.PROGRAM, "exec", "-it", "box", "sh", typed="test -t 1 && echo is-a-$((1+1))tty; exit 6\n")
    expect(result, code=6, has="is-a-2tty")


@test(ENGINES)
def exec_detached(e):
    e.running("box", USER)
    expect(e.exec("-d", "box", "sh", "-c", "echo here >/dev/shm/mark; sleep 100"))
    eventually(lambda: "here" in e.exec("box", "cat", "/dev/shm/mark").out, what="the detached exec's file")


@test(ENGINES)
def exec_command_not_found(e):
    e.running("box", USER)
    expect(e.exec("box", "/no/such/program"), code=(126, 127))
    expect(e.exec("box", "true"))


@test(ENGINES)
def many_execs_at_once(e):
    e.running("box", USER)
    results = []
    threads = [threading.Thread(target=lambda n=n: results.append((n, e.exec("box", "sh", "-c", "echo n%d" % n).out)))
               for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(sorted(results), [(n, "n%d\n" % n) for n in range(6)], "outputs")


@test(ENGINES, low=BOTH)
@test(VM)
def init_process(e):
    e.running("box", "--init", ROOT)
    first = e.exec("box", "sh", "-c", "tr '\\0' ' ' </proc/1/cmdline").out
    assert "init" in first and "sleep 1000" in first, first
    expect(e.cmd("stop", "-t", "10", "box", timeout=30))


@test(ENGINES, low=BOTH)
@test(VM)
def stop_by_signal(e):
    expect(e.run("-d", "--name", "box", ROOT, "sh", "-c", "trap 'exit 11' TERM; echo up; while :; do sleep 0.1; done"))
    eventually(lambda: "up" in e.cmd("logs", "box").out, what="the trap")
    expect(e.cmd("stop", "-t", "20", "box", timeout=40))
    equal(e.inspect("box", "{{.State.ExitCode}} {{.State.Running}}"), "11 false", "state")


@test(ENGINES)
def stop_by_kill(e):
    expect(e.run("-d", "--name", "box", ROOT, "sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"))
    expect(e.cmd("stop", "-t", "1", "box", timeout=40))
    equal(e.inspect("box", "{{.State.ExitCode}} {{.State.Running}}"), "137 false", "state")


@test(ENGINES, low=BOTH)
@test(VM)
def restart(e):
    e.running("box", USER)
    before = e.pid_of("box")
    expect(e.cmd("restart", "-t", "0", "box"))
    assert e.pid_of("box") not in (0, before), "the same process"
    expect(e.exec("box", "true"))
    expect(e.cmd("stop", "-t", "0", "box"))
    expect(e.cmd("start", "box"))
    expect(e.exec("box", "true"))


@test(ENGINES, low=BOTH)
@test(VM)
def pause_and_unpause(e):
    e.running("box", USER)
    expect(e.cmd("pause", "box"))
    equal(e.inspect("box", "{{.State.Status}}"), "paused", "status")
    expect(e.cmd("unpause", "box"))
    expect(e.exec("box", "true"))


@test(ENGINES)
def signals(e):
    expect(e.run("-d", "--name", "box", ROOT, "sh", "-c", "trap 'echo got-usr1' USR1; echo up; while :; do sleep 0.1; done"))
    eventually(lambda: "up" in e.cmd("logs", "box").out, what="the trap")
    expect(e.cmd("kill", "-s", "USR1", "box"))
    eventually(lambda: "got-usr1" in e.cmd("logs", "box").out, what="the signal")


@test(ENGINES)
def kill_and_remove(e):
    e.running("box", USER)
    expect(e.cmd("rm", "-f", "box"))
    equal(e.containers(), [], "containers")


@test(ENGINES)
def process_list(e):
    e.running("box", USER)
    expect(e.cmd("top", "box"), has="sleep 1000")


@test(ENGINES)
def named_volume(e):
    expect(e.run("--rm", "-v", "data:/data", USER, "sh", "-c", "test -d /data"))
    expect(e.cmd("volume", "rm", "data"))


@test(ENGINES)
def several_at_once(e):
    results = []

    def one(n):
        results.append(e.run("--rm", ROOT, "sh", "-c", "echo c%d" % n).out)
    threads = [threading.Thread(target=one, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    equal(sorted(results), ["c%d\n" % n for n in range(4)], "outputs")


@test(DOCKER, low=BOTH)
@test(VM)
def health_check(e):
    expect(e.run("-d", "--name", "box", HEALTH))
    expect(e.exec("box", "touch", "/tmp/healthy"))
    eventually(lambda: e.inspect("box", "{{.State.Health.Status}}") == "healthy", timeout=60, what="healthy")


@test(PODMAN)
def health_check_run(e):
    expect(e.run("-d", "--name", "box", "--health-cmd", "test -e /tmp/healthy", "--health-interval", "disable", ROOT, "sleep", "1000"))
    assert e.cmd("healthcheck", "run", "box").code != 0
    expect(e.exec("box", "touch", "/tmp/healthy"))
    expect(e.cmd("healthcheck", "run", "box"))


@test(ENGINES, VM, low=BOTH)
def update_limits(e):
    e.running("box", "--memory", "256m", "--memory-swap", "256m", ROOT)
    limits = ["--memory", "64m", "--memory-swap", "64m"]
    if e.name != "podman43":  # has no such option
        limits += ["--pids-limit", "50"]
    expect(e.cmd("update", *limits, "box"))
    memory, pids = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/pids.max") if e.name == "vm" else (
        "/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/pids/pids.max")
    equal(e.exec("box", "cat", memory).out.strip(), str(64 << 20), "memory limit")
    if "--pids-limit" in limits:
        equal(e.exec("box", "cat", pids).out.strip(), "50", "process limit")


@test(DOCKER)
def statistics(e):
    e.running("box", ROOT)
    expect(e.cmd("stats", "--no-stream", "box"), has="box")


@test(DOCKER)
def copy_files(e):
    e.running("box", ROOT)
    e.machine.write("/var/tmp/given", "given\n")
    expect(e.cmd("cp", "box:/srv/www/index.html", "/var/tmp/taken"))
    equal(e.machine.read("/var/tmp/taken"), "reached-the-server\n", "copied file")


@test(DOCKER, VM)
def runtime_in_api_create(e):
    """What compose's `runtime:` becomes."""
    status, answer = e.api("POST", "/containers/create?name=composed", {
        "Image": "cc/test:root", "Cmd": ["sh", "-c", "echo composed"], "Labels": {"com.docker.compose.project": "p"},
        "HostConfig": {"Runtime": e.runtime}})
    equal(status, 201, "create: %s" % answer)
    status, answer = e.api("POST", "/containers/composed/start")
    equal(status, 204, "start: %s" % answer)
    expect(e.cmd("wait", "composed"), has="0")
    expect(e.cmd("logs", "composed"), has="composed")
    equal(e.inspect("composed", "{{.HostConfig.Runtime}}"), e.runtime, "runtime")


@test(DOCKER, VM)
def engine_reports_the_runtime(e):
    expect(e.cmd("info"), has="closedclaw", lacks=("failed to retrieve", "not found"))


@test(DOCKER, low=BOTH)
def runs_in_the_background_after_the_engine_restarts_it(e):
    # dockerd 26 can lose what a container wrote that ended while its output was being attached ("stream copy error: file already
    # closed" in its log), so each of them lives a moment
    expect(e.run("-d", "--name", "box", "--restart", "on-failure:2", ROOT, "sh", "-c", "echo again; sleep 0.3; exit 1"))
    eventually(lambda: e.inspect("box", "{{.RestartCount}} {{.State.Status}}") == "2 exited", timeout=60,
               what="two restarts")
    # the engine counts a restart before it has run
    eventually(lambda: e.cmd("logs", "box").out == "again\n" * 3, timeout=30, what="three lines in the log")
