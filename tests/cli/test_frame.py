"""The frame: help, usage errors, colours, quiet."""

import re


def test_help(c):
    for words in (["help"], ["--help"], ["-h"]):
        assert "Commands" in c.run(*words).out
    assert c.run(code=64).out == c.run("help").out


def commands(c):
    return [m.group(1).strip() for m in re.finditer(r"^  ([a-z]+(?: [a-z]+)?)  ", c.run("help").out, re.M)]


def test_every_command_has_help(c):
    found = commands(c)
    assert "version" in found
    for name in found:
        text = c.run("help", *name.split()).out
        assert text == c.run(*name.split(), "--help").out, name
        assert text.startswith("Usage: closedclaw %s [OPTIONS]" % name), text
        assert "Options" in text
        assert not [line for line in text.splitlines() if len(line) > 80 and not line.startswith("  closedclaw ")], text


def test_help_fits_a_narrow_terminal(c):
    for name in commands(c):
        text = c.run("help", *name.split(), env={"COLUMNS": "60"}).out
        assert not [line for line in text.splitlines() if len(line) > 72 and not line.startswith(("Usage", "  closedclaw", "   or"))], text


def test_usage_errors(c):
    for args, says in ((["hlep"], "did you mean `closedclaw help`?"), (["version", "--quite"], "did you mean `--quiet`?"),
                       (["version", "x"], "does not take the argument `x`"), (["help", "--color"], "needs a value"),
                       (["help", "--color=red"], "must be one of: auto always never"), (["help", "-z"], "unknown option `-z`"),
                       (["help", "--quiet=1"], "takes no value"), (["help", "-q", "-q"], "given twice"),
                       (["explain", "--agent", ""], "value of `--agent` is empty"), (["doctor", "--config="], "`--config` is empty")):
        result = c.run(*args, code=64)
        assert says in result.err and result.out == "" and result.err.count("\n") == 1, result


def test_colour(c):
    assert "\033" not in c.run("help").out
    assert "\033[1m" in c.run("help", "--color=always").out
    assert "\033[1m" in c.run("help", "--color", "always", env={"NO_COLOR": "1"}).out
    assert "\033" not in c.run("help", "--color=never").out


def test_no_colour_is_open_at_the_end_of_a_line(c):
    out = c.run("preview", "--color=always", "--", "docker", "run", "-v", "/etc:/x", "i", code=2).out
    assert "\033[" in out and not [line for line in out.split("\n") if line.count("\033[") % 2], repr(out)


def test_quiet(c):
    result = c.run("version", "-q")
    assert result.out == "" and result.err == ""


def test_nothing_of_a_terminal_gets_through(c):
    result = c.run("help", "\033]0;title\007\u202e", code=3)
    assert "\033" not in result.err and "\u202e" not in result.err, result


def test_full_disk(c):
    import subprocess
    with open("/dev/full", "w") as full:
        ended = subprocess.run([c.program, "help"], stdout=full, stderr=subprocess.PIPE, encoding="utf-8")
    assert ended.returncode == 3 and "cannot write" in ended.stderr, ended


def test_documents_name_commands_that_exist(c):
    """Wherever a document says `closedclaw WORD …`, there is such a command."""
    import glob
    import os
    top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    names = commands(c) + ["security audit", "explain"]
    seen = set()
    for path in glob.glob(top + "/*.md") + glob.glob(top + "/docs/*.md"):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for found in re.findall(r"(?:`|^    )closedclaw ((?:[a-z]+ ?){1,2})", text, re.M):
            words = found.split()
            if words[0].isupper() or words[0] == "help":
                continue
            seen.add(found)
            assert any(words == name.split()[:len(words)] or words[:1] == name.split() for name in names), (path, found)
    assert len(seen) > 10, seen
