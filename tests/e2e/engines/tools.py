"""tests/tools/*.c, compiled when they are wanted."""

import os
import subprocess
import threading

from . import roots


def build(name):
    """The static program of a tool; returns its path."""
    tests = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    source = os.path.join(tests, "tools", name + ".c")
    program = os.path.join(roots.cache_dir(), "tool-" + name)
    if not os.path.exists(program) or os.path.getmtime(program) < os.path.getmtime(source):
        own = "%s.%d.%d" % (program, os.getpid(), threading.get_ident())
        subprocess.run(["cc", "-std=gnu17", "-O1", "-Wall", "-Wextra", "-Werror", "-static", "-o", own, source],
                       check=True, timeout=120)
        os.rename(own, program)
    return program
