"""A relative directory in PATH makes the working directory's programs those that everybody calls."""

from bypass import inert

SOURCE = "CVE-2026-24763: PATH of the caller"
WAY = "create"
STOPPED = inert("only absolute plain directories of PATH stay")


def attack(t):
    t.write(t.rootfs + "/usr/bin/git", "#!/bin/sh\necho honest\n", 0o755)
    t.write("/mnt/host/data/git", "#!/bin/sh\necho planted\n", 0o755)
    t.bind("/mnt/host/data", "/x")
    t.spec["process"]["env"] = ["PATH=.:/bin:/usr/bin"]
    t.spec["process"]["cwd"] = "/x"
    return "the agent's program" if "planted" in t.run("git") else ""
