"""Sources of binds are pinned: engines and operators see the mounts that they asked for, and nothing of how it is done."""

import json
import os
import threading

from engines.base import BINARY
from harness import BARE, BOTH, DOCKER, PODMAN, USER, VM, equal, expect, expect_refused, test
from test_enforce import workspace
from test_robust import config_of

ENGINES = DOCKER + PODMAN
STAGE = "closedclaw/mounts"


def in_machine(e, *argv):
    return expect(e.machine.run(*argv)).out


def object_at(e, path):
    return in_machine(e, "stat", "-L", "-c", "%d:%i", path).strip()


def check_host(e):
    assert STAGE not in in_machine(e, "cat", "/proc/self/mountinfo"), "a stage is mounted on the host"
    equal(in_machine(e, "find", "/run/closedclaw/mounts").split(), ["/run/closedclaw/mounts"], "the stage's directory")


@test(ENGINES, VM, low=BOTH)
def what_an_engine_shows_is_what_the_container_sees(e):
    directory = workspace(e, "shown", 1000)
    with open(e.machine.path(directory + "/file"), "w", encoding="utf-8") as out:
        out.write("one file\n")
    expect(e.cmd("volume", "create", "named"))
    try:
        e.running("box", "-v", directory + ":/data", "-v", directory + "/file:/etc/one:ro", "-v", "named:/volume", USER)
        pid = e.pid_of("box")
        mounts = json.loads(e.inspect("box", "{{json .Mounts}}"))
        equal(sorted(m["Destination"] for m in mounts), ["/data", "/etc/one", "/volume"], "destinations")
        for m in mounts:
            assert STAGE not in m["Source"], "the engine shows the stage: %s" % m
            equal(object_at(e, m["Source"]), object_at(e, "/proc/%d/root%s" % (pid, m["Destination"])), m["Destination"])
        equal(sorted(m["Source"] for m in mounts)[:2], sorted([directory, directory + "/file"]), "sources")
        assert STAGE not in in_machine(e, "cat", "/proc/%d/mountinfo" % pid), "the container sees the stage"
        check_host(e)
    finally:
        e.clean()
        e.cmd("volume", "rm", "-f", "named")


def prepare_nested(e):
    outer, inner = workspace(e, "outer", 1000), workspace(e, "inner", 1000)
    in_machine(e, "rm", "-rf", outer + "/made", outer + "/one")
    with open(e.machine.path(inner + "/file"), "w", encoding="utf-8") as out:
        out.write("one file\n")
    os.chown(e.machine.path(inner + "/file"), 1000, 1000)
    return outer, inner


def check_nested(e, outer, pid):
    """What the kernel shows of the three mounts, and the places that were made for two of them."""
    mounts = {fields[4]: fields for fields in (line.split() for line in in_machine(e, "cat", "/proc/%d/mountinfo" % pid).splitlines())}
    shown = {at: "ro" if "ro" in mounts[at][5].split(",") else "rw" for at in mounts if at.startswith("/data")}
    equal(shown, {"/data": "rw", "/data/made/inner": "ro", "/data/one": "rw"}, "mounts")
    for at in shown:
        assert {"nosuid", "nodev"} <= set(mounts[at][5].split(",")), mounts[at]
    equal(sorted(in_machine(e, "find", outer).split()), [outer, outer + "/made", outer + "/made/inner", outer + "/one"], "places")


@test(ENGINES, low=BOTH)
def binds_in_another_bind(e):
    outer, inner = prepare_nested(e)
    e.running("box", "-v", outer + ":/data", "-v", inner + ":/data/made/inner:ro", "-v", inner + "/file:/data/one", USER)
    pid = e.pid_of("box")
    check_nested(e, outer, pid)
    equal(sorted(m["Destination"] for m in json.loads(e.inspect("box", "{{json .Mounts}}"))),
          ["/data", "/data/made/inner", "/data/one"], "what the engine shows")
    equal(expect(e.exec("box", "cat", "/data/made/inner/file", "/data/one")).out, "one file\none file\n", "files")
    expect(e.exec("box", "sh", "-c", "touch /data/made/inner/x"), code=1, has="Read-only")
    expect(e.exec("box", "sh", "-c", "echo new >/data/one && touch /data/mine && rm /data/mine"))
    check_host(e)


@test(("podman54",), low=BOTH)
def sources_in_a_user_namespace(e):
    directory = workspace(e, "mapped", 101000)
    with open(e.machine.path(directory + "/file"), "w", encoding="utf-8") as out:
        out.write("mine\n")
    result = e.run("--rm", "--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536", "-v", directory + ":/data",
                   "-v", directory + "/file:/etc/one:ro", USER, "sh", "-c",
                   "cat /etc/one; echo made >/data/new; stat -c %u /data")
    equal(expect(result).out, "mine\n1000\n", "output")
    equal(in_machine(e, "cat", directory + "/new"), "made\n", "the file")


@test(BARE, low=BOTH)
def a_read_only_bind_is_read_only_all_the_way(e):
    source = workspace(e, "deep", 1000)
    inner = source + "/inner"
    in_machine(e, "mkdir", "-p", inner)
    in_machine(e, "mount", "-t", "tmpfs", "-o", "mode=1777", "none", inner)
    try:
        def edit(spec):
            spec["mounts"].append({"destination": "/data", "type": "bind", "source": source, "options": ["rbind", "ro"]})
        result = e.run("box", "sh", "-c", "touch /data/x; touch /data/inner/x; grep /data /proc/self/mountinfo", edit=edit)
        lines = [line.split() for line in result.out.splitlines()]
        equal([line[4] for line in lines], ["/data", "/data/inner"], "mounts")
        for line in lines:
            assert {"ro", "nosuid", "nodev"} <= set(line[5].split(",")), line
        equal(result.text.count("Read-only file system"), 2, "refusals of the kernel")
    finally:
        in_machine(e, "umount", inner)


@test(BARE, low=BOTH)
def mounts_of_the_host_do_not_arrive_later(e):
    """What is mounted on the host after the source was judged appears in no container, also where a slave was asked for."""
    source = workspace(e, "shared", 1000)
    in_machine(e, "mkdir", "-p", source + "/late")
    in_machine(e, "mount", "--bind", source, source)
    in_machine(e, "mount", "--make-shared", source)
    try:
        def edit(spec):
            spec["linux"]["rootfsPropagation"] = "rslave"  # as engines do for such a volume
            for at, how in (("/slave", "rslave"), ("/one", "slave"), ("/private", "rprivate")):
                spec["mounts"].append({"destination": at, "type": "bind", "source": source, "options": ["rbind", how]})
        e.running("box", edit=edit)
        for target in (source + "/late", source):
            in_machine(e, "mount", "-t", "tmpfs", "none", target)
            try:
                text = expect(e.exec("box", "cat", "/proc/self/mountinfo")).out
                places = [line.split()[4] for line in text.splitlines()]
                equal([p for p in places if p.endswith("/late")], [], "mounts below")
                equal(sorted(p for p in places if p in ("/slave", "/one", "/private")), ["/one", "/private", "/slave"], "mounts")
            finally:
                in_machine(e, "umount", target)
    finally:
        e.clean()
        in_machine(e, "umount", source)


@test(DOCKER, low=BOTH)
def a_volume_that_is_mounted_later_does_not_arrive(e):
    """Docker makes binds from its own data directory slaves, and mounts a volume before it asks the runtime, which refuses it."""
    expect(e.cmd("volume", "create", "-o", "type=none", "-o", "device=/etc", "-o", "o=bind", "later"))
    data = expect(e.cmd("volume", "inspect", "-f", "{{.Mountpoint}}", "later")).out.strip()
    try:
        e.running("box", "-v", data + ":/x", USER)
        loop = "for i in $(seq 400); do [ ! -e /x/passwd ] || { echo seen; exit 1; }; usleep 5000; done"
        seen = []
        watcher = threading.Thread(target=lambda: seen.append(e.exec("box", "sh", "-c", loop)))
        watcher.start()
        for _ in range(3):
            expect_refused(e.run("--rm", "-v", "later:/y", USER, "true"), "bind-blocked")
        watcher.join()
        expect(seen[0], lacks="seen")
    finally:
        e.clean()
        e.cmd("volume", "rm", "-f", "later")


@test(BARE, low=BOTH)
def options_of_binds_in_another_bind(e):
    """What was asked for one of them alone does not reach the other."""
    outer, inner = prepare_nested(e)
    in_machine(e, "mkdir", "-p", outer + "/made/inner")
    try:
        def edit(spec):
            for source, at, options in ((outer, "/data", ["bind", "ro", "noexec", "rprivate"]),
                                        (inner, "/data/made/inner", ["rbind", "rw"])):
                spec["mounts"].append({"destination": at, "type": "bind", "source": source, "options": options})
        e.running("box", edit=edit)
        text = expect(e.exec("box", "cat", "/proc/self/mountinfo")).out
        flags = {line.split()[4]: set(line.split()[5].split(",")) & {"ro", "rw", "noexec"} for line in text.splitlines()}
        equal(flags["/data"], {"ro", "noexec"}, "the outer one")
        equal(flags["/data/made/inner"], {"rw"}, "the inner one")
    finally:
        e.clean()


@test(BARE, low=BOTH)
def a_foreground_run_has_it_too(e):
    source = workspace(e, "run", 1000)

    def edit(spec):
        spec["mounts"].append({"destination": "/data", "type": "bind", "source": source, "options": ["rbind"]})
    result = expect(e.run("box", "sh", "-c", "stat -c %d:%i /data", edit=edit))
    equal(result.out.strip(), object_at(e, source), "what is at /data")
    check_host(e)


@test(BARE, low=BOTH)
def the_bundle_keeps_its_own_sources(e):
    source = workspace(e, "bundle", 1000)

    def edit(spec):
        spec["mounts"].append({"destination": "/data", "type": "bind", "source": source, "options": ["rbind"]})
    e.running("box", edit=edit)
    spec = json.loads(e.machine.read(e.BUNDLES + "/box/config.json"))
    equal([m["source"] for m in spec["mounts"] if m["destination"] == "/data"], [source], "source on disk")
    equal(os.listdir(e.machine.path(e.BUNDLES + "/box")).count("config.json"), 1, "config.json")


@test(BARE, low=BOTH)
def a_root_filesystem_in_another_users_directory(e):
    """Who may rename directories above the root filesystem cannot choose another one after the check."""
    home = "/var/tmp/home-of-another"
    in_machine(e, "rm", "-rf", home)

    def edit(spec):
        bundle = "%s/box/rootfs" % e.BUNDLES
        in_machine(e, "mkdir", "-p", home)
        in_machine(e, "cp", "-a", bundle, home + "/rootfs")
        in_machine(e, "chown", "1000:1000", home)
        spec["root"]["path"] = home + "/rootfs"
    result = expect(e.run("box", "sh", "-c", "stat -c %i /; touch /x", edit=edit), code=1, has="Read-only")
    equal(result.out.split()[0], object_at(e, home + "/rootfs").split(":")[1], "the root")
    in_machine(e, "rm", "-rf", home)


@test(BARE, low=BOTH)
def a_link_to_the_bundle_that_is_turned(e):
    """What was checked is the bundle at the end of the link; the low-level runtime is given that one's own path."""
    home, link = "/var/tmp/home-of-bundles", "/var/tmp/home-of-bundles/link"
    checked = e.bundle("box", ["sh", "-c", "echo checked; grep CapBnd /proc/self/status"])
    loose = e.bundle("loose", ["sh", "-c", "echo loose; grep CapBnd /proc/self/status"])
    in_machine(e, "rm", "-rf", home)
    in_machine(e, "mkdir", home)
    in_machine(e, "chown", "1000:1000", home)
    in_machine(e, "ln", "-s", checked, link)
    # between our last look and the low-level runtime's first one
    turn = home + "-turn"
    e.machine.write(turn, '#!/bin/sh\nln -sfn %s %s\nexec /usr/bin/%s "$@"\n' % (loose, link, e.low), 0o755)
    env = config_of(e, "turn-" + e.low, lowLevel=[turn])
    result = expect(e.machine.run(BINARY, "--root", e.state_dir, "run", "--bundle", link, "box", env=env))
    equal(result.out.split(), ["checked", "CapBnd:", "0" * 16], "what ran")
    equal(in_machine(e, "readlink", link).strip(), loose, "the link")
    in_machine(e, "rm", "-rf", home)
