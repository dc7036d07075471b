"""`docker exec -w /proc/self/fd/N` begins in a directory of the host that the runtime has left open."""

from bypass import refused

SOURCE = "CVE-2024-21626"
WAY = "exec"
ENGINES = "docker"
BARE = "corrected in the tested Debian package, 1.1.5+ds1-1+deb12u1; crun leaves no such descriptor open"
STOPPED = refused("process-cwd")


def attack(t):
    secret = t.plant("/etc/secret-" + t.id)
    name = t.up()
    return t.leaked(t.exec(name, "-w", "/proc/self/fd/7", command="cat ../../..%s" % secret))
