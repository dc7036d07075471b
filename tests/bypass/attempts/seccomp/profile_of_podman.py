"""Podman's own profile allows user namespaces and mounts in them."""

from bypass import inert, profile

SOURCE = "CVE-2022-0185 and others begin this way; the profile is the one of Podman 5.4"
WAY = "create"
STOPPED = inert("any profile is narrowed by the built-in one")


def attack(t):
    t.spec["linux"]["seccomp"] = profile.engine("podman54")
    return "a user namespace with mounts" if "reached" in t.run("reach userns") else ""
