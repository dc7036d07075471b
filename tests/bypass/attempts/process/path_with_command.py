"""A caller that pastes PATH into a shell's command line runs what is in it."""

from bypass import inert

SOURCE = "CVE-2026-24763: command injection by PATH in docker exec"
WAY = "create"
STOPPED = inert("only absolute plain directories of PATH stay")


def attack(t):
    t.spec["process"]["env"] = ["PATH=/bin:/tmp\";echo pla''nted;\""]
    return "the command ran" if "planted" in t.run(r"""eval "export PATH=\"/usr/bin:$PATH\"" """) else ""
