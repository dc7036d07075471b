"""Options behind the container's id count with runc, so that a last `--bundle` there wins over the one that was looked at."""

from bypass import refused

SOURCE = "idea"
WAY = "arguments"
STOPPED = refused("argument")

BARE = {"crun": "crun takes it for another argument"}


def attack(t):
    other = "/mnt/host/harmless"
    t.sh("cp -r %s %s" % (t.bundle, other))
    t.lay("id -u")
    t.sh("echo '{}' > %s/config.json" % other)
    t.create_by("create", "--bundle", other, "--pid-file", t.pid_file, t.id, "--bundle", t.bundle)
    t.start()
    return t.ended().strip() == "0" and "uid 0"
