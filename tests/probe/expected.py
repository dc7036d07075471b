"""What tests/probe/sockprobe prints inside a managed container.

expected() gives, for each line's name, the set of outcomes that are right; mismatches() compares a whole output.
"""

FAMILIES = range(46)
AF_UNIX, AF_INET, AF_INET6, AF_NETLINK = 1, 2, 10, 16

# What a filter lets through may still be refused by this kernel: families that it lacks, types that a family lacks.
_KERNEL = {"EAFNOSUPPORT", "EPROTONOSUPPORT", "ESOCKTNOSUPPORT"}

ALWAYS_DENIED = [
    "io_uring_setup", "io_uring-socket", "unshare-user", "unshare-net", "unshare-mount",
    "clone-user", "clone-mount", "clone-net", "keyctl", "add_key", "request_key", "bpf", "perf_event_open",
    "userfaultfd", "mount", "umount2", "pivot_root", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount",
    "fspick", "mount_setattr", "setns", "open_by_handle_at", "kexec_load", "init_module", "quotactl", "syslog",
    "fanotify_init", "personality-norandomize",
]
ALWAYS_OK = ["loopback-unix", "loopback-inet", "clone-plain", "personality-query", "getpid"]


def expected(network="none", machine="x86_64", bits=64):
    """Outcomes by name. `network`: the policy's; `machine`: uname -m; `bits`: 32 for the -m32 build."""
    # An engine's own denials differ in their errno: Docker and containerd EPERM, Podman ENOSYS by default and EPERM
    # for calls that it knows, the latter also for socket families of its own rule (EINVAL for NETLINK_AUDIT).
    denied = {"EPERM", "ENOSYS"}
    families = {AF_UNIX, AF_INET, AF_INET6} | (set() if network == "none" else {AF_NETLINK})
    x86 = machine == "x86_64"
    table = {}

    def sockets(prefix, allowed):
        for family in FAMILIES:
            table[f"{prefix}-{family}"] = allowed(family) if family in families else denied

    def family_outcome(family):
        # netlink has no stream sockets; IPv6 may be off
        return {"ok"} | (_KERNEL if family in (AF_INET6, AF_NETLINK) else set())

    sockets("socket", family_outcome)
    sockets("datagram", family_outcome)
    table["socketpair-1"] = {"ok"}
    table["socketpair-2"] = table["socketpair-30"] = denied
    if x86 and bits == 64:
        # 64-bit equality: not even an allowed family, with the upper half set
        for family in FAMILIES:
            table[f"socket-high-{family}"] = denied
        # the filter allows the three, the kernel mostly has no x32
        sockets("x32-socket", lambda family: {"ok", "ENOSYS"} | _KERNEL)
    if x86:
        sockets("i386-socket", family_outcome)
        for family in FAMILIES:
            table[f"i386-socketcall-{family}"] = {"ENOSYS", "EPERM"}
        table["i386-socketcall-pair-1"] = {"ENOSYS", "EPERM"}
        table["i386-unshare-user"] = denied
    # engines turn IPv6 off in a namespace without a network
    table["loopback-inet6"] = {"ok", "EADDRNOTAVAIL"} | _KERNEL
    for name in ALWAYS_OK:
        table[name] = {"ok"}
    if bits == 32:
        # glibc for i386 has no socket(2) but socketcall(2), which no filter can look into
        for name in ("loopback-unix", "loopback-inet", "loopback-inet6"):
            table[name] = {"ENOSYS", "EPERM"}
    for name in ALWAYS_DENIED:
        table[name] = denied
    table["clone3-plain"] = table["clone3-user"] = {"ENOSYS"}
    return table


def parse(output):
    """{name: outcome} of the probe's output."""
    return dict(line.split(": ", 1) for line in output.splitlines() if ": " in line)


def mismatches(output, **how):
    """Lines "name: got X, expected Y" for whatever is wrong, missing or unknown in the probe's output."""
    table, got = expected(**how), parse(output)
    wrong = [f"{name}: got {got.get(name)}, expected {' or '.join(sorted(outcomes))}"
             for name, outcomes in table.items() if got.get(name) not in outcomes]
    return wrong + [f"{name}: got {outcome}, not in the table" for name, outcome in got.items() if name not in table]
