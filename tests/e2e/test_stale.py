"""A state that is not this container's any more is neither believed nor in the way: after a reboot, a crash, or when the
low-level runtime was called past closedclaw."""

import json
import os
import shutil

from engines.base import BINARY
from harness import BARE, BOTH, equal, expect, expect_refused, test
from test_enforce_bare import nothing_left
from test_robust import detached, low_environment, states


def ours(e, *arguments):
    return e.machine.run(BINARY, "--root", e.state_dir, *arguments, env=low_environment(e))


def create(e):
    where = e.bundle("box", ["sleep", "1000"])
    detached(e, "box", BINARY, "--root", e.state_dir, "create", "--bundle", where, "box", env=low_environment(e))


def bare_create(e, *command):
    """Another container of that id, which closedclaw knows nothing of: as root, with capabilities."""
    low = "/usr/bin/" + e.low
    expect(e.machine.run(low, "--root", e.state_dir, "delete", "--force", "box"))
    where = e.bundle("box", ["sh", "-c", "touch /ran && sleep 1000"])
    detached(e, "box", low, "--root", e.state_dir, *command, "--bundle", where, "box")
    return e.machine.path(where + "/rootfs/ran")


def lose_container(e):
    """What a reboot leaves of a container where /run is no tmpfs, and of the low-level runtime's part nothing."""
    e.machine.run("kill", "-9", e.state("box")["pid"])
    shutil.rmtree(e.machine.path(e.state_dir + "/box"))
    for where, _, _ in os.walk(e.machine.path("/sys/fs/cgroup"), topdown=False):
        if where.endswith("/bare/box"):
            e.machine.run("sh", "-c", "for i in 1 2 3 4 5; do rmdir /%s && break; sleep 0.1; done" % where.split("/root/", 1)[1])


def state_file(e):
    found = [path for path in states(e) if path.endswith("/box.json")]
    equal(len(found), 1, "states of the container")
    return found[0]


def change_boot(e):
    with open("/proc/sys/kernel/random/boot_id", encoding="utf-8") as text:
        boot = text.read().strip()
    path = state_file(e)
    with open(path, "r+", encoding="utf-8") as state:
        old = state.read()
        assert boot in old, "the state does not say which boot it is of: %s" % old
        state.seek(0)
        state.write(old.replace(boot, "0" * 8 + boot[8:]))


def nothing_is_done(e, *rules):
    """Every call that needs the state fails, and changes nothing."""
    for call in (("start", "box"), ("exec", "box", "true"), ("update", "--resources", "/var/tmp/resources.json", "box")):
        result = ours(e, *call)
        assert result.code != 0, "was done: %s" % result
        if rules:
            expect_refused(result, *rules)


def can_be_made_anew(e):
    create(e)
    expect(ours(e, "start", "box"))
    equal(e.state("box")["status"], "running", "status")
    expect(ours(e, "exec", "box", "true"))
    expect(ours(e, "delete", "--force", "box"))
    nothing_left(e)
    equal([path for path in states(e) if path.endswith("/box.json")], [], "states")


def prepare(e):
    e.machine.write("/var/tmp/resources.json", json.dumps({"pids": {"limit": 100}}))


@test(BARE, low=BOTH)
def a_state_of_another_boot(e):
    prepare(e)
    create(e)
    change_boot(e)
    nothing_is_done(e, "state")
    expect(ours(e, "delete", "--force", "box"))
    nothing_left(e)
    can_be_made_anew(e)
    # and when nobody deletes it
    create(e)
    change_boot(e)
    lose_container(e)
    nothing_is_done(e, "state")
    can_be_made_anew(e)


@test(BARE, low=BOTH)
def a_state_whose_container_is_gone(e):
    prepare(e)
    create(e)
    lose_container(e)
    nothing_is_done(e)
    can_be_made_anew(e)


@test(BARE, low=BOTH)
def another_container_of_the_id_is_not_started(e):
    prepare(e)
    create(e)
    ran = bare_create(e, "create")
    result = ours(e, "start", "box")
    assert result.code != 0 and "closedclaw: refused [" in result.text, "was started: %s" % result
    assert not os.path.exists(ran), "it ran"


@test(BARE, low=BOTH)
def another_container_of_the_id_is_not_entered(e):
    prepare(e)
    create(e)
    expect(ours(e, "start", "box"))
    expect(ours(e, "exec", "box", "true"))
    bare_create(e, "run", "-d")
    nothing_is_done(e, "state")
    expect(ours(e, "delete", "--force", "box"))
    can_be_made_anew(e)


@test(BARE, low=BOTH)
def a_state_that_is_broken(e):
    prepare(e)
    for text in ("", "{", "{}", "null\n\n", "\0" * 100):
        create(e)
        with open(state_file(e), "w", encoding="utf-8") as state:
            state.write(text)
        nothing_is_done(e)
        expect(ours(e, "delete", "--force", "box"))
        nothing_left(e)
        can_be_made_anew(e)
