"""What is exchanged with what: a source of a bind that its owner makes lead to a forbidden place, over and over."""

import collections
import os
import signal
import subprocess
import tarfile

from rounds import FORBIDDEN, HONEST

OWNER = 1000
PLACE = "/home/agent/race"      # the owner's; a bind from here is allowed
SECRET = "/etc/race-forbidden"  # root's, below a blocked place

# `spot` and `trap` are exchanged in `directory`, with a `pause` of up to so many microseconds. `binds` are pairs of source
# and target; without any, the source is the root filesystem. `raced` is the path of which a check is tried, `script` ends
# with what the container got, and a refusal names `forbidden`.
Variant = collections.namedtuple("Variant", "directory binds raced script forbidden pause")


def _variant(source, target, pause=0):
    """An object whose marker tells which one it is."""
    marker = target if target.endswith("/marker") else os.path.join(target, "marker")
    path = "%s/%s" % (PLACE, source)
    return Variant(source.split("/")[0], [(path, target)] if target != "/" else [], path, "read x <%s; exit $x" % marker,
                   SECRET, pause)


# A mount at a place in another one, whose owner makes a link of that place: to where no mount may be. The mount stays with
# its directory, which goes by both names in turn.
_POINT = Variant("point", [(PLACE + "/point", "/mnt"), (PLACE + "/own", "/mnt/spot")], PLACE + "/point/spot",
                 "[ ! -e /sys/kernel/marker ] || exit %d; for i in $(seq 100); do for name in spot trap; do "
                 "[ ! -e /mnt/$name/marker ] || exit %d; done; done" % (FORBIDDEN, HONEST), "/mnt/spot", 0)

VARIANTS = {
    "the source itself": _variant("last/spot", "/mnt"),
    "a directory above it": _variant("above/spot/data", "/mnt"),
    "a file": _variant("file/spot", "/mnt/marker"),
    "a directory for another with a link in it": _variant("replaced/spot/data", "/mnt"),
    "a mount point in another bind": _POINT,
}
ROOT = "the root filesystem"
BARE = {  # what Docker has no way to ask for
    "the source itself, with pauses": _variant("last/spot", "/mnt", 1000),
    ROOT: _variant("root/spot", "/"),
}


def _directory(path):
    os.makedirs(path, mode=0o755)
    return path


def _mark(path, value):
    with open(path, "w") as out:
        out.write("%d\n" % value)
    os.chmod(path, 0o644)


def _root(path, tar, value):
    """A root filesystem from an archive."""
    _directory(path)
    with tarfile.open(tar) as archive:
        for member in archive.getmembers():
            archive.extract(member, path, numeric_owner=True)
    _mark(path + "/marker", value)


def _build(place):
    for variant, below in (("last", "spot"), ("above", "spot/data"), ("replaced", "spot/data")):
        _mark(_directory("%s/%s/%s" % (place, variant, below)) + "/marker", HONEST)
    _mark(_directory(place + "/file") + "/spot", HONEST)
    os.symlink(SECRET, place + "/last/trap")
    os.symlink(SECRET, place + "/above/trap")
    os.symlink(SECRET + "/marker", place + "/file/trap")
    os.symlink(SECRET + "/data", _directory(place + "/replaced/trap") + "/data")
    _mark(_directory(place + "/own") + "/marker", HONEST)
    _directory(place + "/point/spot")
    os.symlink("/sys/kernel", place + "/point/trap")


def prepare(machine, tar=None):
    """The same tree in every machine; TAR, of a root filesystem, where one is to be exchanged."""
    secret = _directory(machine.path(SECRET))
    _mark(secret + "/marker", FORBIDDEN)
    _mark(_directory(secret + "/data") + "/marker", FORBIDDEN)
    place = machine.path(PLACE)
    _build(place)
    if tar is not None:
        _root(secret + "/root", machine.path(tar), FORBIDDEN)
        _root(place + "/root/spot", machine.path(tar), HONEST)
        os.symlink(SECRET + "/root", place + "/root/trap")
    for where, directories, files in os.walk(place):
        for path in [where] + [os.path.join(where, name) for name in directories + files]:
            os.lchown(path, OWNER, OWNER)


class Racer:
    """The owner, busy exchanging. `exchanges` is known after the end."""

    def __init__(self, program, machine, variant):
        self.exchanges = 0
        # The directory is entered before the racer gives up being root, who alone may go through /proc/PID/root.
        self._process = subprocess.Popen([program, str(OWNER), str(variant.pause), "spot", "trap"], text=True,
                                         cwd=machine.path("%s/%s" % (PLACE, variant.directory)), stdout=subprocess.PIPE)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGTERM)
        out = self._process.communicate(timeout=20)[0]
        if self._process.returncode != 0:
            raise RuntimeError("the racer ended with %d" % self._process.returncode)
        self.exchanges = int(out)
