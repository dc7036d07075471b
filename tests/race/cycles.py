"""Containers that come and go, some of them killed half-way: nothing may stay."""

import os
import random
import re
import signal
import time

import runtime

PLACES = ("/run", "/tmp")  # and the bundles: where files could be left

# What is counted, as it is shown.
LOOKED = "the host's mounts were looked at"
BEFORE = "killed before the low-level runtime"
IN_LOW_LEVEL = "killed in the low-level runtime"
AT_ONCE = "created again after a kill, without a delete"


# -- what there is --


def _files(places):
    found = set()
    for place in places:
        for where, directories, files in os.walk(place):
            found.update(os.path.join(where, name) for name in directories + files)
    return found


def _groups():
    return {where for where, _, _ in os.walk("/sys/fs/cgroup")}


def _processes():
    return {int(name) for name in os.listdir("/proc") if name.isdigit()}


def _namespaces():
    found = set()
    for pid in _processes():
        try:
            found.update(os.readlink("/proc/%d/ns/%s" % (pid, name)) for name in os.listdir("/proc/%d/ns" % pid))
        except OSError:  # it ended
            pass
    return found


def _descriptors():
    found = set()
    for name in os.listdir("/proc/self/fd"):
        try:
            found.add("%s %s" % (name, os.readlink("/proc/self/fd/" + name)))
        except OSError:  # the one of the listing
            pass
    return found


def mounts():
    with open("/proc/self/mountinfo", "rb") as text:
        return text.read()


def snapshot(places):
    return {"mount": {mounts().decode()}, "file": _files(places), "process": _processes(), "control group": _groups(),
            "namespace": _namespaces(), "descriptor": _descriptors()}


def differences(before, after):
    found = []
    for kind in before:
        found += ["%s: new: %s" % (kind, one) for one in sorted(map(str, after[kind] - before[kind]))]
        found += ["%s: gone: %s" % (kind, one) for one in sorted(map(str, before[kind] - after[kind]))]
    return found


def reap_all():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def settled(before, places, seconds=5):
    """The differences that are left when what still ends has ended."""
    deadline = time.monotonic() + seconds
    while True:
        reap_all()
        found = differences(before, snapshot(places))
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


# -- cycles --


class Cycle:
    """One container id of one low-level runtime, over and over."""

    def __init__(self, spec, low):
        self.low, self.bundle, self.name = low, spec["bundles"][low], os.path.basename(spec["bundles"][low])
        self.root = "/run/cycles-" + low
        self.engine = runtime.Runtime(spec["program"], self.root, spec["configs"][low])
        self._killat = spec["killat"]
        with open(self.bundle + "/config.json", "rb") as text:
            self._config = text.read()
        self._host = mounts()
        self._processes = _processes()
        self._create = 0.05  # seconds that it takes
        self.problems = []
        self.count = dict.fromkeys(("whole", "killed", LOOKED, BEFORE, IN_LOW_LEVEL, AT_ONCE), 0)

    def expect(self, good, what):
        if not good:
            self.problems.append("%s, %s; said: %s" % (self.low, what, self.engine.said()))
        return good

    def call(self, *arguments):
        return self.expect(self.engine.call(*arguments, self.name) == 0, "failed: %s" % (arguments,))

    def look(self):
        """The host sees nothing of a container's mounts."""
        self.count[LOOKED] += 1
        self.expect(mounts() == self._host, "the host's mounts are others")

    def whole(self):
        """create, start, kill, delete."""
        self.count["whole"] += 1
        runtime.write(self.bundle + "/config.json", self._config)
        began = time.monotonic()
        if not self.expect(self.engine.create(self.bundle, self.name) == 0, "failed: create"):
            self.engine.call("delete", "--force", self.name)
            return
        self._create = time.monotonic() - began
        init = self.engine.init()
        self.look()
        self.call("start")
        self.look()
        self.expect(self.engine.call("kill", self.name, "KILL") == 0, "failed: kill")
        code = runtime.reap(init)
        self.expect(code == -signal.SIGKILL, "the container ended with %d" % code)
        self.call("delete")

    def groups(self):
        return [where for where in _groups() if os.path.basename(where) == self.name]

    def alone(self):
        """Nothing runs but what ran before; what sees the end of its parent only now has a moment for it."""
        for _ in range(100):
            reap_all()
            if _processes() <= self._processes:
                return True
            time.sleep(0.01)
        return False

    def kill(self, how):
        """A create that is killed; one that was done before gets less time. Returns what the process was by then."""
        while True:
            runtime.write(self.bundle + "/config.json", self._config)
            where = how if how[0] == "-n" else ("-u", str(int(how[1] * self._create * 1e6)))
            code = self.engine.create(self.bundle, self.name, before=(self._killat, *where))
            found = re.search(r"^killed (.*)$", self.engine.said(), re.M)
            if not self.expect(code in (0, 137), "killed at %s: ended with %d" % (where, code)) or found:
                self.count["killed"] += bool(found)
                return found.group(1) if found else ""
            self.call("delete", "--force")
            reap_all()
            how = ("-u", how[1] / 2 if how[0] == "-u" else 0.5)

    def killed(self, places, how):
        """A create that is killed, the cleaning up of an engine, and the next container of that id."""
        before = _files(places)
        reached = os.path.basename(self.kill(how)) == self.low
        self.count[IN_LOW_LEVEL if reached else BEFORE] += 1
        # What was killed before the low-level runtime has nothing that an engine would have to clean up.
        if not reached and random.random() < 0.5:
            self.count[AT_ONCE] += 1
        else:
            self.call("delete", "--force")
            reap_all()
            self.look()
            left = sorted(_files(places) - before)
            self.expect(not left, "files after a kill at %s: %s" % (how, left))
            self.expect(not self.groups(), "control groups after a kill at %s: %s" % (how, self.groups()))
            self.expect(self.alone(), "processes after a kill at %s: %s" % (how, _processes() - self._processes))
        self.whole()


def kills(number):
    """Where to kill: half of them before a system call, most of which are the wrapper's; half after a part of the time that
    a create takes, half of these in its beginning."""
    calls = random.sample(range(1, 260), number // 2)
    parts = [random.random() * (0.1 if i % 2 else 0.9) for i in range(number - len(calls))]
    found = [("-n", str(n)) for n in calls] + [("-u", part) for part in parts]
    random.shuffle(found)
    return found


def job(spec):
    random.seed(spec["seed"])
    places = PLACES + tuple(spec["bundles"].values())
    cycles = [Cycle(spec, low) for low in spec["bundles"]]
    for cycle in cycles:  # makes the directories that stay
        cycle.whole()
    before = snapshot(places)
    work = kills(spec["kills"]) + [None] * (spec["cycles"] - 2 * spec["kills"])
    random.shuffle(work)
    for number, how in enumerate(work):
        cycle = cycles[number % len(cycles)]
        if how is None:
            cycle.whole()
        else:
            cycle.killed(places, how)
    return {"left": settled(before, places), "problems": [one for cycle in cycles for one in cycle.problems],
            "count": {key: sum(cycle.count[key] for cycle in cycles) for key in cycles[0].count}}
