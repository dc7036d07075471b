"""run.oci.handler has another program than crun's own start the container: a virtual machine's, or a WebAssembly engine's, on the host."""

from bypass import inert

SOURCE = "CVE-2025-24965, CVE-2026-84042: krun"
WAY = "create"
STOPPED = inert("the annotation is removed")
BARE = {"runc": "runc reads no run.oci annotation", "crun": "Debian's crun is built without handlers, and ignores their names"}


def attack(t):
    t.annotation("run.oci.handler", "krun")
    t.annotation("krun.cpus", "1")
    t.annotation("module.wasm.image/variant", "compat")
    return "handler" in t.run("cat /proc/1/comm") and "another handler"
