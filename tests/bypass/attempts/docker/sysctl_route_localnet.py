"""`--sysctl net.ipv4.conf.all.route_localnet=1` opens the loopback to what comes from outside."""

from bypass import refused

SOURCE = "CVE-2020-8558"
WAY = "engine flag"
ENGINES = "docker"
STOPPED = refused("sysctl")


def attack(t):
    return t.run("--sysctl", "net.ipv4.conf.all.route_localnet=1", command="cat /proc/sys/net/ipv4/conf/all/route_localnet").strip() == "1"
