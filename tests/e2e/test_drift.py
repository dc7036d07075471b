"""Drift: `closedclaw doctor` finds what was changed on a running container from outside, and nothing on an honest one."""

import json
import os
import shutil
import threading

from engines import tools
from harness import BOTH, CRUN, DOCKER, PODMAN, ROOT, RUNC, USER, VM, equal, eventually, expect, test


def drifts(e):
    report = e.closedclaw("doctor", "--json")
    assert report.code in (0, 1, 2), report
    found = json.loads(report.out)["findings"]
    unknown = [f for f in found if f["checkId"] == "runtime.drift_unknown"]
    assert not unknown, unknown
    return [f["detail"] for f in found if f["checkId"] == "runtime.live_drift"]


def has_drifted(e, *texts):
    found = drifts(e)
    assert any(all(text in one for text in texts) for one in found), "%s is not in %s" % (texts, found)
    equal(e.closedclaw("doctor", "-q").code, 2, "exit code of doctor")


def group_file(e, name, *files):
    """A file of the container's own cgroup, by the first of these names that there is."""
    wanted = e.inspect(name, "{{.Id}}")
    for file in files:
        found = [path for path in e.machine.run("find", "/sys/fs/cgroup", "-name", file).out.split() if wanted in path]
        if found:
            return min(found, key=len)
    raise AssertionError("no %s of %s" % (files, wanted))


def low_root(e, name):
    """Where the low-level runtime keeps the container."""
    wanted = e.inspect(name, "{{.Id}}")
    file = "state.json" if e.low == "runc" else "status"
    found = [path for path in e.machine.run("find", "/run", "-path", "*/%s/%s" % (wanted, file)).out.split()]
    equal(len(found), 1, "directories of the low-level runtime")
    return found[0][:-len("/%s/%s" % (wanted, file))], wanted


def past_us(e, *arguments):
    """The low-level runtime, which leaves a process that has its caller's streams."""
    expect(e.machine.run("sh", "-c", '"$@" </dev/null >/dev/null 2>&1', "sh", "/usr/bin/" + e.low, *arguments))


@test(DOCKER, PODMAN, VM, low=BOTH)
def an_honest_container_has_none(e):
    e.running("box", ROOT)
    e.running("user", "--init", "--tmpfs", "/data", USER)
    expect(e.exec("-d", "box", "sleep", "1000"))
    expect(e.exec("box", "true"))
    equal(drifts(e), [], "drift of honest containers")
    expect(e.cmd("pause", "box"))
    equal(drifts(e), [], "drift of a paused one")
    expect(e.cmd("unpause", "box"))


@test(DOCKER, low=BOTH)
def a_lowered_limit_is_none(e):
    e.running("box", ROOT)
    expect(e.cmd("update", "--pids-limit", "50", "box"))
    equal(drifts(e), [], "drift after an update that was held")


@test(DOCKER, low=RUNC)
def execs_that_begin_are_none(e):
    """A runtime's own process in the container has its privileges still for a moment."""
    e.running("box", ROOT)
    ended = threading.Event()

    def storm():
        while not ended.is_set():
            e.exec("box", "true")
    worker = threading.Thread(target=storm)
    worker.start()
    try:
        for _ in range(8):
            equal(drifts(e), [], "drift while execs begin and end")
    finally:
        ended.set()
        worker.join()


@test(DOCKER, PODMAN, VM, low=BOTH)
def a_raised_limit_is_found(e):
    e.running("box", ROOT)
    equal(drifts(e), [], "drift before")
    expect(e.machine.run("sh", "-c", "echo 4000 > %s" % group_file(e, "box", "pids.max")))
    has_drifted(e, "`box`", "processes", "4000", "512")


@test(DOCKER, low=BOTH)
def no_limit_of_memory_is_found(e):
    e.running("box", ROOT)
    e.machine.run("sh", "-c", "echo -1 > %s" % group_file(e, "box", "memory.memsw.limit_in_bytes", "memory.swap.max"))
    expect(e.machine.run("sh", "-c", "for v in -1 max; do echo $v > %s && exit; done" % group_file(
        e, "box", "memory.limit_in_bytes", "memory.max")))
    has_drifted(e, "`box`", "memory", "2147483648")


@test(DOCKER, PODMAN, VM, low=BOTH)
def a_process_by_nsenter_is_found(e):
    e.running("box", ROOT)
    e.machine.start("entered", "nsenter", "-t", str(e.pid_of("box")), "-m", "-p", "-u", "-i", "-n", "sleep", "1000")
    eventually(lambda: drifts(e), what="the process")
    has_drifted(e, "`box`", "(`sleep`)", "capabilities")


@test(DOCKER, low=RUNC)
def a_process_by_nsenter_into_the_mounts_alone_is_found(e):
    """As another user, who has nothing any more but the files."""
    e.running("box", ROOT)
    e.machine.start("entered", "nsenter", "-t", str(e.pid_of("box")), "-m", "-S", "1000", "-G", "1000", "sleep", "1000")
    eventually(lambda: drifts(e), what="the process")
    has_drifted(e, "`box`", "(`sleep`)")


@test(DOCKER, low=RUNC)
def a_process_without_its_first_thread_is_found(e):
    """It looks like a zombie, of which nothing can be read."""
    e.running("box", ROOT)
    shutil.copy2(tools.build("headless"), e.machine.path("/var/tmp/headless"))
    e.machine.start("entered", "nsenter", "-t", str(e.pid_of("box")), "-p", "/var/tmp/headless")
    eventually(lambda: drifts(e), what="the process")
    has_drifted(e, "`box`", "(`headless`)", "capabilities")


@test(DOCKER, low=BOTH)
def an_exec_past_us_is_found(e):
    """The low-level runtime itself, with its own arguments."""
    e.running("box", ROOT)
    root, full = low_root(e, "box")
    past_us(e, "--root", root, "exec", "--detach", "--cap", "CAP_SYS_ADMIN", full, "sleep", "1000")
    has_drifted(e, "`box`", "(`sleep`)", "capabilities")


@test(DOCKER, low=BOTH)
def an_exec_as_root_past_us_is_found(e):
    e.running("box", "--user", "1000:1000", ROOT)
    root, full = low_root(e, "box")
    past_us(e, "--root", root, "exec", "--detach", "--user", "0:0", full, "sleep", "1000")
    has_drifted(e, "`box`", "(`sleep`)")


@test(DOCKER, low=BOTH)
def a_mount_from_outside_is_found(e):
    e.running("box", ROOT)
    expect(e.machine.run("nsenter", "-t", str(e.pid_of("box")), "-m", "mount", "-t", "tmpfs", "none", "/bin"))
    has_drifted(e, "`box`", "mount at `/bin`", "nobody asked for it")


@test(DOCKER, low=RUNC)
def a_process_that_was_put_into_the_cgroup_is_found(e):
    e.running("box", ROOT)
    process = e.machine.start("outside", "sh", "-c", "echo $$ > %s; exec sleep 1000" % os.path.join(
        os.path.dirname(group_file(e, "box", "memory.limit_in_bytes", "memory.max")), "cgroup.procs"))
    assert process.poll() is None
    eventually(lambda: drifts(e), what="the process")


@test(DOCKER, low=CRUN)
def the_others_are_not_accused(e):
    e.running("good", ROOT)
    e.running("bad", ROOT)
    expect(e.machine.run("sh", "-c", "echo 4000 > %s" % group_file(e, "bad", "pids.max")))
    found = drifts(e)
    equal(len(found), 1, "drift of one of two containers")
    assert "`bad`" in found[0], found


@test(VM, low=BOTH)
def a_removed_profile_is_found(e):
    e.running("box", ROOT)
    equal(drifts(e), [], "drift of the honest container")
    profile = expect(e.machine.run("cat", "/proc/%d/attr/apparmor/current" % e.pid_of("box"))).out.split()[0]
    equal(profile, "docker-default", "the engine's profile")
    try:
        expect(e.machine.run("sh", "-c", "printf %s > /sys/kernel/security/apparmor/.remove" % profile))
        has_drifted(e, "`box`", "AppArmor profile is `unconfined`, not `docker-default`")
    finally:
        # dockerd loads it again for the next container
        expect(e.run("--rm", ROOT, "true"))


@test(DOCKER, PODMAN, low=BOTH)
def a_removed_network_lock_is_found(e):
    """Without it the engine's next `network connect` would bring the container a network."""
    e.running("box", ROOT)
    equal(drifts(e), [], "drift of the honest container")
    expect(e.machine.run("nsenter", "-t", str(e.pid_of("box")), "-n", "nft", "delete", "table", "inet", "closedclaw"))
    has_drifted(e, "`box`", "network", "no lock any more")
