"""A home that is not below /home is a home as well, when /etc/passwd says so."""

from bypass import refused

SOURCE = "idea"
WAY = "create"
STOPPED = refused("bind-blocked")


def attack(t):
    t.plant("/srv/people/ann/notes")
    t.host_bind(t.write("/mnt/passwd", "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/srv/people/ann:/bin/sh\n"), "/etc/passwd")
    t.bind("/srv/people/ann", "/x")
    return t.leaked(t.run("cat /x/notes"))
