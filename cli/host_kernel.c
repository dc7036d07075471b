/* What the kernel can do: each is something that the runtime relies on. */
#include "cli/host.h"
#include "common/fd.h"
#include "common/own.h"
#include "shim/netlink.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/vfs.h>
#include <unistd.h>

enum
{
  OLD,
  OPENAT2,
  SECCOMP,
  NFTABLES,
  CGROUP,
  LSM,
  USERNS
};

const struct cc_fault_kind cli_kinds_kernel[] = {
  { "host.kernel_old", CC_WARNING, "The kernel is older than Linux 5.12",
    "It cannot hand mounts over by descriptor (mount_setattr, Linux 5.12) nor, before 5.8, name them; ClosedClaw then "
    "refuses what it cannot prove.",
    NULL },
  { "host.openat2_missing", CC_CRITICAL, "The kernel has no openat2",
    "Without it a path cannot be followed safely; ClosedClaw refuses every container with a bind. Some older sandboxes "
    "and engines hide the call.",
    NULL },
  { "host.seccomp_missing", CC_CRITICAL, "The kernel has no seccomp filters",
    "Every system call of the kernel is then in reach of a sandbox; ClosedClaw refuses every container.", NULL },
  { "host.nftables_missing", CC_WARNING, "The kernel has no nf_tables",
    "With network \"none\" ClosedClaw locks the container's network namespace by it, so that an engine that attaches a "
    "network later attaches nothing; without it the start is refused.",
    NULL },
  { "host.cgroup_v1", CC_WARNING, "Control groups are of version 1",
    "Limits are held there too. But a release agent runs as the host's root (CVE-2022-0492), and one call cannot end "
    "all "
    "of a group.",
    NULL },
  { "host.lsm_missing", CC_INFO, "Neither AppArmor nor SELinux is active",
    "They are a second line behind the mounts and the filter of system calls.", NULL },
  { "host.userns_open", CC_INFO, "Every user of the host may make user namespaces",
    "Most faults of the kernel that give root begin there. Sandboxes of ClosedClaw cannot make any; programs of the "
    "host "
    "can.",
    NULL },
  { 0 },
};

static void
add(const struct cli_host *h, int kind, const char *seen, const char *fix)
{
  struct cc_fault *f = cli_host_add(h, &cli_kinds_kernel[kind], "");

  cc_fault_seen(f, "%s", seen);
  cc_fault_fix(f, "%s", fix);
}

static void
look_at_version(const struct cli_host *h)
{
  struct utsname name;
  unsigned major = 0, minor = 0;
  cc_auto_free char *seen = NULL;

  if (uname(&name) < 0 || sscanf(name.release, "%u.%u", &major, &minor) != 2 || major > 5
      || (major == 5 && minor >= 12))
    return;
  seen = cc_xasprintf("the kernel is %s", name.release);
  add(h, OLD, seen, "install Linux 5.12 or later");
}

static void
look_at_openat2(const struct cli_host *h)
{
  cc_auto_close int fd = cc_openat2(AT_FDCWD, "/", O_PATH, 0, RESOLVE_NO_MAGICLINKS);

  if (fd < 0 && (errno == ENOSYS || errno == EPERM))
    add(h, OPENAT2, "openat2 is not there, or something refuses it",
        "install Linux 5.6 or later, or let the call through");
}

/* Tried, not read: a kernel without CONFIG_SECCOMP_FILTER has the mode and not the filter. */
static void
look_at_seccomp(const struct cli_host *h)
{
  /* a filter at an address that is none: EFAULT where there are filters, EINVAL where there are not */
  if (prctl(PR_SET_SECCOMP, 2 /* SECCOMP_MODE_FILTER */, NULL, 0, 0) < 0 && errno == EINVAL)
    add(h, SECCOMP, "the kernel was built without CONFIG_SECCOMP_FILTER", "install a kernel that has it");
}

/* The question that any user of nf_tables begins with; it loads the module, as the first container would. */
static void
look_at_nftables(const struct cli_host *h)
{
  const struct nfgenmsg header = { .nfgen_family = AF_UNSPEC, .version = NFNETLINK_V0 };
  _Alignas(struct nlmsghdr) char buffer[128];
  struct cc_error why = CC_ERROR_INIT;
  cc_auto_close int fd = -1;
  struct cc_nl nl;

  if (geteuid() != 0)
    return; /* only root is answered */
  cc_nl_init(&nl, buffer, sizeof(buffer));
  cc_nl_message(&nl, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN, NLM_F_ACK, &header, sizeof(header));
  fd = cc_nl_open(NETLINK_NETFILTER, &why);
  if ((fd < 0 || cc_nl_exchange(fd, &nl, NULL, NULL, &why) < 0) && why.errnum != EPERM)
    add(h, NFTABLES, "nf_tables does not answer", "load the module nf_tables, or install a kernel that has it");
}

static void
look_at_cgroups(const struct cli_host *h)
{
  struct statfs fs;

  if (statfs("/sys/fs/cgroup", &fs) == 0 && fs.f_type != CGROUP2_SUPER_MAGIC)
    add(h, CGROUP, "`/sys/fs/cgroup` is not one hierarchy of version 2",
        "boot with `systemd.unified_cgroup_hierarchy=1`, or a newer distribution");
}

static bool
reads(const struct cli_host *h, const char *path, const char *begin)
{
  cc_auto_free char *text = cli_host_read(h, path);

  return text != NULL && strncmp(text, begin, strlen(begin)) == 0;
}

static void
look_at_lsm(const struct cli_host *h)
{
  if (!reads(h, "/sys/module/apparmor/parameters/enabled", "Y") && !cli_host_has(h, "/sys/fs/selinux/enforce"))
    add(h, LSM, "neither is enabled in the kernel", "enable AppArmor or SELinux as your distribution describes it");
}

static void
look_at_userns(const struct cli_host *h)
{
  if (reads(h, "/proc/sys/user/max_user_namespaces", "0") || reads(h, "/proc/sys/kernel/unprivileged_userns_clone", "0")
      || reads(h, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"))
    return;
  add(h, USERNS, "`user.max_user_namespaces` is not 0 and nothing else restricts them",
      "if no program here needs it (browsers and rootless engines do): set the sysctl `user.max_user_namespaces` to 0");
}

void
cli_host_kernel(const struct cli_host *h)
{
  look_at_version(h);
  look_at_openat2(h);
  look_at_seccomp(h);
  look_at_nftables(h);
  look_at_cgroups(h);
  look_at_lsm(h);
  look_at_userns(h);
}
