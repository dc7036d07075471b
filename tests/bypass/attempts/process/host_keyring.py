"""--no-new-keyring leaves the container in the session keyring of the engine, with the host's keys."""

from bypass import inert

SOURCE = "idea: keyrings(7) has no namespaces"
WAY = "arguments"
STOPPED = inert("keyctl is not allowed")


def attack(t):
    t.around = [t.rootfs + "/probe/reach", "holding", t.id, t.canary]
    return t.leaked(t.run("reach key " + t.id, "--no-new-keyring"))
