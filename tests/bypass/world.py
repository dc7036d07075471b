"""A small host of its own for each attempt: namespaces inside a machine of the end-to-end tests.

The machine has Debian 12's runc and crun, and no version 2 hierarchy beside version 1, which crun 1.8.1 does not bear. Mounts,
processes, network and fresh /run, /mnt, /home, /root, /tmp, /srv and /etc/closedclaw are the attempt's alone, so that what is left of it can be counted
while others run beside it.
"""

import ctypes
import fcntl
import glob
import os
import re
import shutil
import socket
import struct

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 0x1, 0x2, 0x4, 0x8, 0x20
MS_BIND, MS_MOVE, MS_REC, MS_PRIVATE, MS_SLAVE, MS_SHARED = 0x1000, 0x2000, 0x4000, 0x40000, 0x80000, 0x100000
MNT_DETACH = 2
CLONE_NEWTIME = 0x80
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x2000000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000

libc = ctypes.CDLL(None, use_errno=True)

BASE = "/var/lib/bypass/base"  # the image's files, in the machine
BUNDLES = "/var/lib/bundles"
FRESH = ("/run", "/mnt", "/home", "/root", "/tmp", "/srv", "/etc/closedclaw", "/var/log", BUNDLES)


def check(result, what):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, "%s: %s" % (what, os.strerror(error)))


def mount(source, target, fstype="", flags=0, data=""):
    check(libc.mount(source.encode(), target.encode(), fstype.encode() or None, ctypes.c_ulong(flags), data.encode() or None),
          "mount %s on %s" % (source, target))


def umount(target, flags=MNT_DETACH):
    check(libc.umount2(target.encode(), flags), "umount of " + target)


def unshare(flags):
    check(libc.unshare(flags), "unshare")


def enter(pid):
    """Puts this process into a machine, but not into its control groups, which an attempt may freeze; only children get into its
    process namespace."""
    names = ("ipc", "uts", "net", "pid", "cgroup", "mnt")
    handles = [os.open("/proc/%d/ns/%s" % (pid, name), os.O_RDONLY | os.O_CLOEXEC) for name in names]
    for handle in handles:
        check(libc.setns(handle, 0), "setns")
        os.close(handle)
    os.chdir("/")
    os.environ.clear()
    os.environ.update({"PATH": "/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/bin", "HOME": "/root", "LANG": "C.UTF-8"})


def join(pid, name):
    """Enters one namespace of another process."""
    handle = os.open("/proc/%d/ns/%s" % (pid, name), os.O_RDONLY | os.O_CLOEXEC)
    check(libc.setns(handle, 0), "setns")
    os.close(handle)


def within(pid, names, function):
    """Calls FUNCTION in namespaces of another process, as root; what it raises is raised here as OSError."""
    child = os.fork()
    if not child:
        try:
            for name in names:
                join(pid, name)
            function()
            os._exit(0)
        except OSError as error:
            os._exit(error.errno or 255)
        finally:
            os._exit(255)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code:
        raise OSError(code, "in namespaces of process %d: %s" % (pid, os.strerror(code)))


def graft(source, pid, target):
    """Puts a copy of a mount of this namespace into that of another process, as mount(2) cannot."""
    open_tree, move_mount, at_fdcwd, clone, empty_path = 428, 429, -100, 1, 4
    tree = libc.syscall(open_tree, at_fdcwd, source.encode(), clone | os.O_CLOEXEC)
    check(min(tree, 0), "open_tree of " + source)
    within(pid, ["mnt"], lambda: check(libc.syscall(move_mount, tree, b"", at_fdcwd, target.encode(), empty_path), "move_mount to " + target))
    os.close(tree)


def loopback_up():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS, IFF_UP|IFF_RUNNING


def build():
    """In the first process of new mount, process, network, ipc and uts namespaces."""
    mount("", "/", flags=MS_REC | MS_PRIVATE)
    umount("/proc")
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    for path in FRESH:
        os.makedirs(path, exist_ok=True)
        mount("tmpfs", path, "tmpfs", 0, "mode=%s" % ("1777" if path == "/tmp" else "755"))
    for path in ("/run/lock", "/run/netns"):
        os.mkdir(path)
    mount("", "/", flags=MS_REC | MS_SHARED)  # as systemd makes it: propagation words mean nothing otherwise
    loopback_up()
    socket.sethostname("host")


def join_groups():
    """Puts this process into the control groups of the machine that it has entered."""
    for place in ["/sys/fs/cgroup/init"] if os.path.isdir("/sys/fs/cgroup/init") else glob.glob("/sys/fs/cgroup/*"):
        with open(place + "/cgroup.procs", "w") as procs:
            procs.write("0")


def thaw():
    """What is frozen cannot be killed."""
    for parent, _, files in os.walk("/sys/fs/cgroup"):
        for name, word in (("freezer.state", "THAWED"), ("cgroup.freeze", "0")):
            if name in files:
                try:
                    with open(os.path.join(parent, name), "w") as state:
                        state.write(word)
                except OSError:
                    pass


def groups_with(name):
    """The control groups that have NAME in their path."""
    found = []
    for parent, children, _ in os.walk("/sys/fs/cgroup"):
        found += [os.path.join(parent, child) for child in children if name in child]
        children[:] = [child for child in children if name in child or child == "bypass" or parent == "/sys/fs/cgroup"]
    return found


def remove_groups(name):
    for path in sorted(groups_with(name), reverse=True):
        for parent, children, _ in os.walk(path, topdown=False):
            try:
                os.rmdir(parent)
            except OSError:
                pass


def mounts():
    """The mount points with what is mounted there, in the order of their making; without the ids, which the kernel uses again."""
    with open("/proc/self/mountinfo") as table:
        return [re.sub(r"^\d+ \d+ ", "", re.sub(r" (shared|master|propagate_from):\d+", r" \1", line)).rstrip("\n") for line in table]


def processes():
    return sorted(int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid())


def tree(path):
    """Directory entries below PATH; those of a container's own are told by their names."""
    found = []
    for parent, children, files in os.walk(path):
        found += [os.path.join(parent, name) for name in children + files]
    return sorted(found)


def spread_base(tar):
    """Unpacks the image's files once."""
    shutil.rmtree(BASE, ignore_errors=True)
    os.makedirs(BASE, 0o755)
    for member in tar.getmembers():
        tar.extract(member, BASE, numeric_owner=True)
