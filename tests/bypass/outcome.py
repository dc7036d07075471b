"""How a call of a runtime can end badly."""

import json
import re

LINE = re.compile(r"closedclaw: refused \[([a-z0-9-]+)\] (.*)")


class Refused(Exception):
    """closedclaw refused the call, with this one line."""

    def __init__(self, rule, line):
        super().__init__("[%s] %s" % (rule, line))
        self.rule, self.line = rule, line


class Failed(Exception):
    """The call failed otherwise: the attack did not happen."""


def messages(log):
    """The messages of a runtime's JSON log; a line that is no JSON object is given as it is."""
    for line in log.splitlines():
        try:
            yield json.loads(line)["msg"]
        except (ValueError, KeyError, TypeError):
            yield line


def judge(what, code, text, log=""):
    """Raises what a failed call was: Refused with closedclaw's line, or Failed."""
    lines = {match.groups() for match in map(LINE.search, list(messages(log)) + text.splitlines()) if match}
    # Docker's client repeats the line in words of its own, with an end of its own
    lines = {(rule, re.sub(r": unknown\.?$", "", line.replace('\\"', '"'))) for rule, line in lines}
    if code == 0 and not lines:
        return
    if not lines:
        raise Failed("%s: exit code %s: %s" % (what, code, (text + log).strip()[-600:]))
    if code == 0:
        raise Failed("%s: a refusal, but the exit code is 0: %s" % (what, lines))
    if len(lines) > 1:
        raise Failed("%s: more than one refusal: %s" % (what, sorted(lines)))
    rule, line = lines.pop()
    if not re.search(r".+: .+; .+", line):
        raise Failed("%s: the refusal has no `what: why; what to do instead`: %s" % (what, line))
    raise Refused(rule, line)
