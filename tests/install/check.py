#!/usr/bin/python3
"""Installs a build into a directory and looks at what is there: the programs, the manual, and the hardening of the program.

    tests/install/check.py BUILD
"""

import os
import platform
import re
import subprocess
import sys
import tempfile

passed = failed = 0


def check(what, good, detail=""):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAIL %s%s" % (what, ": " + detail if detail else ""))


def output(*command):
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
    return ended.stdout


def check_files(prefix):
    program, link = prefix + "/bin/closedclaw-runtime", prefix + "/bin/closedclaw-runtime-auto"
    check("closedclaw-runtime is a program", os.path.isfile(program) and os.access(program, os.X_OK) and not os.path.islink(program))
    check("it is not writable by others and not setuid", os.stat(program).st_mode & 0o7022 == 0)
    check("closedclaw-runtime-auto is a link to it", os.path.islink(link) and os.readlink(link) == "closedclaw-runtime")
    for path in (program, link):
        lines = output(path, "--version").splitlines()
        check("%s --version" % path, lines and lines[0].startswith("runc version ") and lines[-1].startswith("closedclaw: "), str(lines))
    check("closedclaw --version", output(prefix + "/bin/closedclaw", "--version").startswith("closedclaw "))
    for name in ("man/man1/closedclaw.1", "man/man8/closedclaw-runtime.8", "man/man5/closedclaw.json5.5",
                 "bash-completion/completions/closedclaw", "zsh/site-functions/_closedclaw", "fish/vendor_completions.d/closedclaw.fish"):
        path = prefix + "/share/" + name
        check("%s is there" % name, os.path.isfile(path) and os.path.getsize(path) > 0)


def check_hardening(prefix, build):
    program = prefix + "/bin/closedclaw-runtime"
    segments, dynamic = output("readelf", "-lW", program), output("readelf", "-dW", program)
    check("it is position-independent", "DYN" in output("readelf", "-hW", program) and "PIE" in dynamic)
    check("it is static: no loader, no libraries", "INTERP" not in segments and "NEEDED" not in dynamic)
    check("relocations are read-only", "GNU_RELRO" in segments and "BIND_NOW" in dynamic)
    command = prefix + "/bin/closedclaw"
    needed = re.findall(r"NEEDED.*\[(.*)\]", output("readelf", "-dW", command))
    check("closedclaw is position-independent", "PIE" in output("readelf", "-dW", command))
    check("it needs nothing but libc", set(needed) <= {"libc.so.6", "libm.so.6", "ld-linux-x86-64.so.2", "ld-linux-aarch64.so.1"}, str(needed))
    check("its relocations are read-only", "GNU_RELRO" in output("readelf", "-lW", command) and "BIND_NOW" in output("readelf", "-dW", command))
    stack = [line for line in segments.splitlines() if "GNU_STACK" in line]
    check("the stack is not executable", len(stack) == 1 and "RWE" not in stack[0], str(stack))
    check("no segment is writable and executable", " RWE " not in segments)
    own = output("readelf", "-sW", build + "/shim/libcc_shim.a") + output("readelf", "-sW", build + "/policy/libcc_policy.a")
    check("stack protector", "__stack_chk_fail" in own)
    check("_FORTIFY_SOURCE", "_chk\n" in own.replace(" \n", "\n"))
    if platform.machine() == "x86_64":
        notes = output("readelf", "-nW", build + "/shim/CMakeFiles/closedclaw-runtime.dir/main.c.o")
        check("control-flow protection", "IBT, SHSTK" in notes, notes)


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    build = sys.argv[1]
    os.umask(0o022)
    with tempfile.TemporaryDirectory(prefix="closedclaw-install.") as prefix:
        ended = subprocess.run(["cmake", "--install", build, "--prefix", prefix], stdin=subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        check("cmake --install", ended.returncode == 0, ended.stdout)
        if ended.returncode == 0:
            check_files(prefix)
            check_hardening(prefix, build)
    print("%d passed, %d failed" % (passed, failed))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
