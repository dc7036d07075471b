"""What a test file sees: the register of tests, the names of engines, and a few expectations.

    @test(DOCKER, low=BOTH)
    def exit_code(e):
        expect(e.run("--rm", ROOT, "sh", "-c", "exit 3"), code=3)

A test gets an engine that is running and has no container; what it leaves behind is removed after it. `low` are the
low-level runtimes that it is run over. Nothing can be skipped: a test that does not apply to an engine does not name it.
"""

import re
import time

from engines.machine import SLOW

DOCKER = ("docker20", "docker26", "docker28")
PODMAN = ("podman43", "podman54")
CONTAINERD = ("containerd16", "containerd17", "containerd21")
BARE = ("bare12", "bare13", "baresid")
VM = ("vm",)
ENGINES = DOCKER + PODMAN + CONTAINERD + BARE + VM

RUNC, CRUN, BOTH = ("runc",), ("crun",), ("runc", "crun")

ROOT, USER, HEALTH = "docker.io/cc/test:root", "docker.io/cc/test:user", "docker.io/cc/test:health"

TESTS = []


class Test:
    def __init__(self, function, engine, low):
        self.function, self.engine, self.low = function, engine, low
        self.name = "%s/%s %s.%s" % (engine, low, function.__module__.replace("test_", "", 1), function.__name__)


def test(*groups, low=RUNC):
    def register(function):
        for group in groups:
            for engine in (group,) if isinstance(group, str) else group:
                if engine not in ENGINES:
                    raise ValueError("no such engine: " + engine)
                TESTS.extend(Test(function, engine, one) for one in low)
        return function
    return register


def expect(result, code=0, has=(), lacks=()):
    """Checks how a command ended and what it printed on either stream; returns the result."""
    codes = code if isinstance(code, (tuple, list, set, range)) else (code,)
    if code is not None:
        assert result.code in codes, "exit code is not %s: %s" % (code, result)
    for text in (has,) if isinstance(has, str) else has:
        assert text in result.text, "%r is missing: %s" % (text, result)
    for text in (lacks,) if isinstance(lacks, str) else lacks:
        assert text not in result.text, "%r must not be there: %s" % (text, result)
    return result


def expect_refused(result, *rules):
    """Checks that a command failed with exactly one refusal line, by one of these rules, which says what to do."""
    assert result.code not in (0, None), "was not refused: %s" % result
    lines = re.findall(r"closedclaw: refused \[([a-z0-9-]+)\] (.*)", result.text)
    assert lines, "no refusal line: %s" % result
    # Docker's client repeats a failed start in words of its own, with an end of its own
    lines = [(rule, re.sub(r'(: unknown)?["\\.]*$', "", text.replace('\\"', '"'))) for rule, text in lines]
    assert len({text for _, text in lines}) == 1, "more than one refusal: %s" % result
    rule, text = lines[0]
    assert rule in rules, "refused by [%s], not by one of %s: %s" % (rule, list(rules), result)
    assert re.search(r".+: .+; .+", text), "the line has no 'what: why; what to do instead': %s" % result
    return result


def eventually(condition, timeout=15, what="the condition"):
    """Waits until a function returns something true, and returns that."""
    deadline = time.monotonic() + timeout * SLOW
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "not within %d s: %s" % (timeout, what)
        time.sleep(0.1)


def equal(found, wanted, what):
    assert found == wanted, "%s: found %r, wanted %r" % (what, found, wanted)


def status_of(text):
    """/proc/PID/status as a dictionary."""
    return dict((line.split(":", 1)[0], line.split(":", 1)[1].strip()) for line in text.splitlines() if ":" in line)
