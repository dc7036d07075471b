"""First process of a test machine: builds its view of the system, then reaps until its standard input closes.

Run as `python3 machine_init.py SPEC` by machine.py, where SPEC is a JSON object. It prints one line, "ready PID" or
"failed WHY". Its death takes every process of the machine with it (it is pid 1 of a pid namespace), and with the last
process go the mounts, the network and the namespaces: nothing has to be undone step by step.
"""

import ctypes
import json
import os
import select
import signal
import socket
import stat
import sys

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REMOUNT = 0x1, 0x2, 0x4, 0x8, 0x20
MS_BIND, MS_REC, MS_PRIVATE, MS_SHARED = 0x1000, 0x4000, 0x40000, 0x100000
MNT_DETACH = 2
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x20000, 0x2000000, 0x4000000
CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET = 0x8000000, 0x20000000, 0x40000000
SYS_pivot_root = {"x86_64": 155, "aarch64": 41}[os.uname().machine]

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result, what):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, "%s: %s" % (what, os.strerror(error)))


def mount(source, target, fstype, flags=0, data=""):
    _check(_libc.mount(source.encode(), target.encode(), fstype.encode() if fstype else None, ctypes.c_ulong(flags),
                       data.encode() or None), "mount %s on %s" % (source, target))


def _bind(source, target, readonly=False):
    mount(source, target, "", MS_BIND)
    if readonly:
        mount("", target, "", MS_REMOUNT | MS_BIND | MS_RDONLY)


_NODES = (("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("kmsg", 1, 11),
          ("tty", 5, 0), ("fuse", 10, 229))


def _mount_dev(dev):
    mount("tmpfs", dev, "tmpfs", MS_NOSUID, "mode=755,size=1m")
    for name, major, minor in _NODES:
        os.mknod(dev + "/" + name, stat.S_IFCHR | 0o666, os.makedev(major, minor))
        os.chmod(dev + "/" + name, 0o666)
    for sub in ("pts", "shm", "mqueue"):
        os.mkdir(dev + "/" + sub)
    mount("devpts", dev + "/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620")
    os.symlink("pts/ptmx", dev + "/ptmx")
    mount("shm", dev + "/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=64m")
    mount("mqueue", dev + "/mqueue", "mqueue", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    for name, target in (("fd", "/proc/self/fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")):
        os.symlink(target, dev + "/" + name)


def _mount_cgroups(base, groups):
    """The same hierarchies as the host's, seen from this machine's own group down.

    The version 2 hierarchy of a hybrid host is left out: crun 1.8.1 refuses to start beside it.
    """
    if not groups["v1"]:
        mount("cgroup2", base, "cgroup2", MS_NOSUID | MS_NODEV | MS_NOEXEC)
        return
    mount("tmpfs", base, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755")
    for name, options in groups["v1"]:
        os.mkdir(base + "/" + name)
        mount("cgroup", base + "/" + name, "cgroup", MS_NOSUID | MS_NODEV | MS_NOEXEC, options)
    mount("", base, "", MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755")


def _build(spec):
    root = spec["root"]
    mount("", "/", "", MS_REC | MS_PRIVATE)
    _bind(spec["base"], root, readonly=True)
    for source, target in spec["binds"]:
        _bind(source, root + target)
    for target in ("/run", "/tmp", "/home", "/mnt"):
        mount("tmpfs", root + target, "tmpfs", MS_NOSUID | MS_NODEV, "mode=%s" % ("1777" if target == "/tmp" else "755"))
    _mount_dev(root + "/dev")
    mount("proc", root + "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    mount("sysfs", root + "/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    _mount_cgroups(root + "/sys/fs/cgroup", spec["cgroups"])
    os.chdir(root)
    _check(_libc.syscall(SYS_pivot_root, b".", b"."), "pivot_root")
    _check(_libc.umount2(b".", MNT_DETACH), "umount of the old root")
    os.chdir("/")
    # Engines expect a shared root, as systemd makes it: propagation words mean nothing otherwise.
    mount("", "/", "", MS_REC | MS_SHARED)
    for path in ("/run/lock", "/run/netns", "/tmp/work"):
        os.makedirs(path, mode=0o755, exist_ok=True)


def _loopback_up():
    import fcntl
    import struct
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))  # SIOCSIFFLAGS, IFF_UP|IFF_RUNNING


def _join_cgroups(paths):
    for path in paths:
        with open(path + "/cgroup.procs", "w") as procs:
            procs.write("0")


def _split_v2(path):
    """Version 2 allows no process beside child groups that have controllers: move into a leaf and hand them down."""
    os.makedirs(path + "/init", exist_ok=True)
    _join_cgroups([path + "/init"])
    with open(path + "/cgroup.controllers") as listing:
        for controller in listing.read().split():
            try:
                with open(path + "/cgroup.subtree_control", "w") as control:
                    control.write("+" + controller)
            except OSError:
                pass  # a controller that cannot be delegated is one that the engine does not get


def _reap_until_closed():
    wake_read, wake_write = os.pipe()
    os.set_blocking(wake_write, False)
    signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([0, wake_read], [], [])
        if 0 in ready and not os.read(0, 1):
            os._exit(0)
        if wake_read in ready:
            os.read(wake_read, 512)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass


def main():
    spec = json.loads(sys.argv[1])
    _join_cgroups(spec["cgroups"]["paths"])
    flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP
    _check(_libc.unshare(flags), "unshare")
    if not spec["cgroups"]["v1"]:
        _split_v2(spec["cgroups"]["paths"][0])
    status_read, status_write = os.pipe()
    child = os.fork()
    if child:
        os.close(status_write)
        with os.fdopen(status_read) as status:
            line = status.readline()
        print("ready %d" % child if line == "ready\n" else line.rstrip("\n") or "failed without a word", flush=True)
        os.close(0)
        os.waitpid(child, 0)
        return
    os.close(status_read)
    try:
        os.setsid()
        socket.sethostname(spec["hostname"])
        _build(spec)
        _loopback_up()
        os.write(status_write, b"ready\n")
    except BaseException as error:  # the parent must hear of it whatever it is: it waits for one line
        os.write(status_write, ("failed %s\n" % error).encode())
        os._exit(1)
    os.close(status_write)
    os.close(1)
    _reap_until_closed()


main()
