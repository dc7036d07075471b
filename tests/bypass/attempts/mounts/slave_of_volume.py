"""What is mounted on the host below a bind later appears in the running container, where the bind is a slave."""

from bypass import inert

SOURCE = "idea: an engine mounts a volume of /etc before it asks the runtime; Docker makes binds from its data directory slaves"
WAY = "volume"
STOPPED = inert("a caller's bind is private, whatever propagation it asks for")


def attack(t):
    t.sh("mkdir -p /srv/data/late; mount --bind /srv/data /srv/data; mount --make-shared /srv/data")
    secret = t.plant("/etc/secret-" + t.id)
    t.bind("/srv/data", "/x", "rbind", "rslave")
    t.spec["linux"]["rootfsPropagation"] = "rslave"
    t.up()
    t.host_bind("/etc", "/srv/data/late")
    return t.leaked(t.exec("cat /x/late" + secret[len("/etc"):] + " || true"))
