"""A config.json as Docker 20 writes one for a plain `docker run`, without its seccomp profile, hook and files."""

import copy

CAPABILITIES = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID",
                "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE", "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE"]
CAPABILITY_SETS = ("bounding", "effective", "permitted")
ENV = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/probe", "HOSTNAME=box"]


def _mount(destination, kind, source, *options):
    return {"destination": destination, "type": kind, "source": source, "options": list(options)}


def _device(kind, major, minor):
    return {"allow": True, "type": kind, "major": major, "minor": minor, "access": "rwm"}


_SPEC = {
    "ociVersion": "1.0.2",
    "process": {
        "terminal": False, "user": {"uid": 0, "gid": 0, "additionalGids": [0]}, "args": ["true"], "env": ENV, "cwd": "/",
        "capabilities": {name: CAPABILITIES for name in CAPABILITY_SETS}, "oomScoreAdj": 0,
    },
    "root": {"path": "rootfs"},
    "hostname": "box",
    "mounts": [
        _mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev"),
        _mount("/dev", "tmpfs", "tmpfs", "nosuid", "strictatime", "mode=755", "size=65536k"),
        _mount("/dev/pts", "devpts", "devpts", "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"),
        _mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"),
        _mount("/sys/fs/cgroup", "cgroup", "cgroup", "ro", "nosuid", "noexec", "nodev"),
        _mount("/dev/mqueue", "mqueue", "mqueue", "nosuid", "noexec", "nodev"),
        _mount("/dev/shm", "tmpfs", "shm", "nosuid", "noexec", "nodev", "mode=1777", "size=67108864"),
    ],
    "annotations": {},
    "linux": {
        "resources": {"devices": [{"allow": False, "access": "rwm"}, _device("c", 1, 5), _device("c", 1, 3), _device("c", 1, 9),
                                  _device("c", 1, 8), _device("c", 5, 0), _device("c", 5, 1)]},
        "namespaces": [{"type": name} for name in ("mount", "network", "uts", "pid", "ipc")],
        "maskedPaths": ["/proc/asound", "/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/timer_list",
                        "/proc/timer_stats", "/proc/sched_debug", "/proc/scsi", "/sys/firmware"],
        "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
    },
}


def new(identity):
    spec = copy.deepcopy(_SPEC)
    spec["linux"]["cgroupsPath"] = "/bypass/" + identity
    return spec
