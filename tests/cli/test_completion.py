"""Completion, in the shells themselves, and the manual page."""

import os
import pty
import re
import select
import subprocess
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONFIG = "{ agents: { list: [ { id: 'build' }, { id: 'main' } ] } }\n"

# what was typed, and what must be among the answers, and what must not
CASES = [
    ("closedclaw conf", ["config"], ["version"]),
    ("closedclaw config ", ["check", "show", "json", "import", "schema"], ["config", "complete", "manual"]),
    ("closedclaw config show --e", ["--effective"], ["--agent"]),
    ("closedclaw config show --agent ", ["build", "main"], ["check"]),
    ("closedclaw config show --color ", ["auto", "always", "never"], ["build"]),
    ("closedclaw ver", ["version"], []),
]


def place(c):
    """The program under its own name in a directory of its own, for scripts ask it."""
    os.makedirs(c.path("bin"), exist_ok=True)
    os.symlink(c.program, c.path("bin/closedclaw"))
    c.write("own/closedclaw.json5", CONFIG)
    return {"PATH": c.path("bin") + ":/usr/bin:/bin", "CLOSEDCLAW_CONFIG": c.path("own/closedclaw.json5"), "LC_ALL": "C.UTF-8",
            "TERM": "dumb", "HOME": c.directory}


def answers(c, shell, script):
    env = place(c)
    for line, wanted, unwanted in CASES:
        ended = subprocess.run([shell, "-c", script, shell, line], env=env, cwd=c.directory, stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8", timeout=30)
        found = [one.split("\t")[0] for one in ended.stdout.splitlines()]
        assert set(wanted) <= set(found) and not set(unwanted) & set(found), (line, found, ended.stderr)


def test_bash(c):
    c.write("script", c.run("completion", "bash").out)
    answers(c, "/bin/bash", 'source ./script; read -ra COMP_WORDS <<<"$1"; [[ $1 == *" " ]] && COMP_WORDS+=("");'
                            'COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _closedclaw 2>/dev/null; printf "%s\\n" "${COMPREPLY[@]}"')


def test_bash_files(c):
    """Names with blanks, and with signs that a shell would take for something else."""
    c.write("script", c.run("completion", "bash").out)
    for name in ("a b", "*", "$(x)"):
        c.write("files/" + name, "")
    ended = subprocess.run(["/bin/bash", "-c", 'source ../script; compopt() { :; }; COMP_WORDS=(closedclaw preview ""); COMP_CWORD=2; _closedclaw;'
                            ' printf "<%s>" "${COMPREPLY[@]}"'], env=place(c), cwd=c.path("files"), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                           encoding="utf-8")
    assert sorted(ended.stdout[1:-1].split("><")) == ["$(x)", "*", "a b"], ended


def test_fish(c):
    c.write("script", c.run("completion", "fish").out)
    answers(c, "/usr/bin/fish", "source ./script; complete -C $argv[-1]")


def test_zsh(c):
    """zsh completes only on a terminal."""
    c.write("functions/_closedclaw", c.run("completion", "zsh").out)
    env = dict(place(c), PS1="$ ")
    child, fd = pty.fork()
    if child == 0:
        os.chdir(c.directory)
        os.execve("/usr/bin/zsh", ["zsh", "-f", "-i"], env)
    try:
        seen = ""

        def say(text, until):
            nonlocal seen
            os.write(fd, text.encode())
            seen, deadline = "", time.monotonic() + 30
            while not re.search(until, seen):
                assert time.monotonic() < deadline, "no %r in %r" % (until, seen)
                if select.select([fd], [], [], 0.2)[0]:
                    seen = (seen + os.read(fd, 65536).decode("utf-8", "replace")).replace(" \b", "")
        say("unsetopt zle_bracketed_paste; setopt no_beep list_ambiguous; fpath=($PWD/functions $fpath); autoload -U compinit; "
            "compinit -u -D; echo rea''dy\n", "ready\r")
        say("closedclaw conf\tsho\t--eff\t", r"config show --effective ")
        say("\x15closedclaw config show --agent bu\t", r"--agent build ")
        say("\x15closedclaw vers\t", r"closedclaw version ")
    finally:
        os.kill(child, 9)
        os.waitpid(child, 0)
        os.close(fd)


def held(c, name, text):
    """What is installed is in the repository, for a package is also built for machines that cannot run the program."""
    path = os.path.join(TOP, name)
    if c.update:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    with open(path, encoding="utf-8") as file:
        assert file.read() == text, "%s is not what the program prints: run tests/cli/run.py --update" % name


def test_installed_scripts(c):
    for shell, name in (("bash", "closedclaw.bash"), ("zsh", "_closedclaw"), ("fish", "closedclaw.fish")):
        held(c, "cli/completions/" + name, c.run("completion", shell).out)


def test_completion_of_unknown_shells(c):
    assert "bash, zsh and fish" in c.run("completion", "tcsh", code=3).err


def test_words_are_safe(c):
    """What completion asks ends up in a shell."""
    c.write("own.json5", "{ agents: { list: [ { id: 'good' }, { id: 'a$(id)' } ] } }\n")
    assert c.run("complete", "agents", env={"CLOSEDCLAW_CONFIG": c.path("own.json5")}).out == "good\n"
    assert c.run("complete", "agents", env={"CLOSEDCLAW_CONFIG": c.path("missing")}).out == ""
    assert "exec" in c.run("complete", "tools").out.split()


def test_manual(c):
    path = os.path.join(TOP, "docs/man/closedclaw.1")
    held(c, "docs/man/closedclaw.1", c.run("manual").out)
    ended = subprocess.run(["groff", "-man", "-Tutf8", "-ww", "-z", path], stderr=subprocess.PIPE, encoding="utf-8")
    assert ended.returncode == 0 and ended.stderr == "", ended.stderr
