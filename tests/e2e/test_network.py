"""From a container with `network: "none"` nothing reaches anything but its own loopback, on every engine version.

Each test has its control: the same probe from a plain container does reach the server, or the lock would be untested.
"""

from harness import BOTH, DOCKER, PODMAN, ROOT, VM, equal, eventually, expect, expect_refused, test

# nc, not wget: the one of Debian 12's static busybox dies of its own resolver.
FETCH = "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | nc -w 2 %s %d 2>&1"


def server(e, *options):
    """A plain container that serves on port 80, and listens for datagrams on 5000; returns its address."""
    expect(e.run("-d", "--name", "server", *options, ROOT, "sh", "-c",
                 "httpd -p 80 -h /srv/www; exec datagram listen 5000 >/tmp/datagram", runtime=e.PLAIN))
    address = e.inspect("server", "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}").split()[0]
    eventually(lambda: "reached" in plain_fetch(e, address, *options), what="the server, from a plain container")
    expect(e.run("--rm", *options, ROOT, "datagram", "send", address, "5000", "control", runtime=e.PLAIN))
    eventually(lambda: "control" in arrived(e), what="a datagram of a plain container")
    return address


def arrived(e):
    return e.exec("server", "cat", "/tmp/datagram").text


def plain_fetch(e, address, *options, port=80):
    return e.run("--rm", *options, ROOT, "sh", "-c", FETCH % (address, port), runtime=e.PLAIN).text


LOOKUP = "nslookup -retry=1 -timeout=2 %s 127.0.0.11; nslookup -retry=1 -timeout=2 %s"


def answered(result):
    return "Name:" in result.out and "Address" in result.out.split("Name:", 1)[1]


def interfaces(e, *args):
    return sorted(expect(e.exec(*args, "box", "ls", "/sys/class/net")).out.split())


def reaches(e, address):
    """What gets out of the container named box, by any of the ways that need no privilege."""
    got = []
    if "reached" in e.exec("box", "sh", "-c", FETCH % (address, 80)).text:
        got.append("http")
    if "reached" in e.exec("--privileged", "box", "sh", "-c", FETCH % (address, 80)).text:
        got.append("http from a privileged exec")
    e.exec("box", "datagram", "send", address, "5000", "leaked")
    if "leaked" in arrived(e):
        got.append("datagram")
    if e.exec("box", "ping", "-c", "1", "-W", "1", address).code == 0:
        got.append("ping")
    return got


def resolves(e, name):
    return answered(e.exec("box", "sh", "-c", LOOKUP % (name, name)))


@test(DOCKER, PODMAN, low=BOTH)
@test(VM)
def only_loopback(e):
    result = expect(e.run("--rm", ROOT, "sh", "-c", "ls /sys/class/net; cat /proc/net/route | wc -l"))
    equal(result.out.split(), ["lo", "1"], "interfaces and routes")


@test(DOCKER, PODMAN, low=BOTH)
def loopback_works(e):
    script = "httpd -p 127.0.0.1:8080 -h /srv/www && " + FETCH % ("127.0.0.1", 8080)
    expect(e.run("--rm", ROOT, "sh", "-c", script), has="reached")


@test(DOCKER, PODMAN, low=BOTH)
def default_network_is_closed(e):
    address = server(e)
    e.running("box", ROOT)
    equal(interfaces(e), ["lo"], "interfaces")
    equal(reaches(e, address), [], "ways out")


@test(DOCKER, low=BOTH)
def custom_network_and_its_resolver_are_closed(e):
    expect(e.cmd("network", "create", "mesh"))
    try:
        address = server(e, "--network", "mesh")
        plain = e.run("--rm", "--network", "mesh", ROOT, "sh", "-c", LOOKUP % ("server", "server"), runtime=e.PLAIN)
        assert answered(plain), "the engine's resolver does not work: %s" % plain
        e.running("box", "--network", "mesh", ROOT)
        equal(reaches(e, address), [], "ways out")
        assert not resolves(e, "server"), "the engine's resolver answered"
        gateway = e.cmd("network", "inspect", "-f", "{{(index .IPAM.Config 0).Gateway}}", "mesh").out.strip()
        assert e.exec("box", "ping", "-c", "1", "-W", "1", gateway).code != 0, "the gateway answered"
    finally:
        e.clean()
        e.cmd("network", "rm", "mesh")


@test(DOCKER, low=BOTH)
@test(VM)
def connecting_a_network_later_changes_nothing(e):
    expect(e.cmd("network", "create", "later"))
    try:
        address = server(e, "--network", "later")
        e.running("box", ROOT)
        e.cmd("network", "connect", "later", "box")  # whether the engine can is its affair
        equal(reaches(e, address), [], "ways out")
        assert not resolves(e, "server"), "the engine's resolver answered"
        own = e.inspect("box", "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}").split()
        expect(e.exec("-d", "box", "httpd", "-f", "-p", "8080", "-h", "/srv/www"))
        for target in own:
            assert "reached" not in plain_fetch(e, target, "--network", "later", port=8080), "reached from outside"
    finally:
        e.clean()
        e.cmd("network", "rm", "later")


@test(DOCKER, low=BOTH)
def network_stays_closed_after_restart(e):
    address = server(e)
    e.running("box", ROOT)
    for _ in range(2):
        expect(e.cmd("restart", "-t", "0", "box"))
        equal(reaches(e, address), [], "ways out")


@test(DOCKER)
def network_that_the_operator_allows_works(e):
    address = server(e)
    e.running("box", ROOT, runtime="closedclaw-network")
    result = e.exec("box", "sh", "-c", FETCH % (address, 80))
    expect(result, has="reached")


@test(PODMAN, low=BOTH)
def podman_network_is_closed(e):
    expect(e.cmd("network", "create", "mesh"))
    try:
        address = server(e, "--network", "mesh")
        e.running("box", "--network", "mesh", ROOT)
        equal(reaches(e, address), [], "ways out")
        e.cmd("network", "connect", "podman", "box")
        equal(reaches(e, address), [], "ways out after connect")
    finally:
        e.clean()
        e.cmd("network", "rm", "-f", "mesh")


@test(DOCKER)
def published_port_leads_nowhere(e):
    expect(e.run("-d", "--name", "box", "-p", "127.0.0.1:8080:8080", ROOT, "httpd", "-f", "-p", "8080", "-h", "/srv/www"))
    result = e.machine.run("sh", "-c", FETCH % ("127.0.0.1", 8080))
    assert "reached" not in result.text, result


@test(PODMAN, low=BOTH)
def network_of_a_user_namespace_is_closed(e):
    """Podman attaches this one after create, as newer Docker does."""
    address = server(e)
    maps = ["--uidmap", "0:100000:65536", "--gidmap", "0:100000:65536"]
    control = e.run("--rm", *maps, ROOT, "sh", "-c", FETCH % (address, 80), runtime=e.PLAIN)
    assert "reached" in control.text, "the control does not reach the server: %s" % control
    if e.name == "podman43":  # gives the bundle to the container's own root, who could then rewrite it
        expect_refused(e.run("--rm", *maps, ROOT, "true"), "bundle")
        return
    e.running("box", *maps, ROOT)
    equal(reaches(e, address), [], "ways out")
    assert "reached" not in e.run("--rm", *maps, ROOT, "sh", "-c", FETCH % (address, 80)).text, "the first command got out"
