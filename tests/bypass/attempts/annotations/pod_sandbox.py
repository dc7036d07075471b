"""A container calls itself a pod's sandbox, which would keep the network namespace that it asks for."""

from bypass import inert, profile, world

SOURCE = "idea"
WAY = "create"
STOPPED = inert("only an engine's own place for bundles tells a sandbox: the network is an empty one")


def attack(t):
    t.holder(0, lambda: (world.unshare(world.CLONE_NEWNET), world.loopback_up(), t.speak(("127.0.0.1", 4242)),
                         t.host_bind("/proc/self/ns/net", "/run/netns/cni-" + t.id)))
    t.own_mounts.append("/run/netns/cni-" + t.id)
    for prefix, kind, sandbox in (("io.kubernetes.cri.", "container-type", "sandbox-id"), ("io.kubernetes.cri-o.", "ContainerType", "SandboxID")):
        t.annotation(prefix + kind, "sandbox")
        t.annotation(prefix + sandbox, t.id)
    t.annotation("io.container.manager", "cri-o")
    t.spec["linux"]["seccomp"] = profile.engine("podman54")
    t.join("network", "/run/netns/cni-" + t.id)
    return t.leaked(t.run("nc 127.0.0.1 4242"))
