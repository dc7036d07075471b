#include "shim/harden.h"

#include "common/fd.h"
#include "common/own.h"
#include "policy/binds.h"
#include "shim/refusal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* The lists of Docker 28 and Podman 5.8 together. What a caller lists beside them stays. */
static const char *const masked[] = {
  "/proc/acpi",
  "/proc/asound",
  "/proc/interrupts",
  "/proc/kcore",
  "/proc/keys",
  "/proc/latency_stats",
  "/proc/sched_debug",
  "/proc/scsi",
  "/proc/timer_list",
  "/proc/timer_stats",
  "/sys/devices/virtual/powercap",
  "/sys/firmware",
  "/sys/fs/selinux",
};

static const char *const read_only[] = { "/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger" };

/* Mount points that a low-level runtime resolves before it confines itself: a link there sends /proc's mount, or a
 * device node, elsewhere (CVE-2019-19921, CVE-2023-27561, CVE-2026-41579). */
static const char *const plain_directories[] = { "proc", "sys", "dev" };

static const char *const inward[] = { "", "private", "rprivate", "slave", "rslave" };

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

static void
complete_list(struct cc_harden *h, const char *name, const char *const *paths, size_t count)
{
  struct cc_jval *linux_ = cc_jneed_object(h->doc, h->spec, "linux");
  struct cc_jval *list = cc_jneed_array(h->doc, linux_, name);
  cc_auto_free char *place = cc_xasprintf("linux.%s", name);
  size_t had = 0;

  for (size_t i = 0; i < count; i++)
    had += cc_jarray_has(list, paths[i]) ? 1 : 0;
  if (had == count)
    return;
  for (size_t i = 0; i < count; i++)
    if (!cc_jarray_has(list, paths[i]))
      cc_jappend_str(h->doc, list, paths[i]);
  {
    cc_auto_free char *was = cc_xasprintf("%zu of %zu", had, count);

    cc_report_tighten(h->report, "masked-paths", place, was, "all %zu", count);
  }
}

static int
judge_propagation(struct cc_harden *h)
{
  const char *propagation = cc_jstr(cc_jpath(h->spec, "linux.rootfsPropagation"));

  for (size_t i = 0; propagation != NULL && i < N_ELEMENTS(inward); i++)
    if (strcmp(inward[i], propagation) == 0)
      return 0;
  if (propagation == NULL)
    return 0;
  return cc_report_refuse(h->report, "bind-propagation",
                          "root filesystem with propagation `%s`: mounts of the container would appear on the host; "
                          "mount volumes with `rprivate`",
                          propagation);
}

static int
judge_directories(struct cc_harden *h)
{
  struct stat st;

  for (size_t i = 0; i < N_ELEMENTS(plain_directories); i++)
    if (fstatat(h->rootfs_fd, plain_directories[i], &st, AT_SYMLINK_NOFOLLOW) == 0 ? !S_ISDIR(st.st_mode)
                                                                                   : errno != ENOENT)
      return cc_report_refuse(
          h->report, "rootfs-symlink",
          "root filesystem whose /%s is not a directory: mounts and device nodes would go where it leads; "
          "use an image with a plain /%s",
          plain_directories[i], plain_directories[i]);
  return 0;
}

static int
judge_place(struct cc_harden *h, struct cc_error *err)
{
  struct cc_bind_rules *rules = NULL;
  int result;

  if (cc_bind_rules_new(h->policy, NULL, &rules, err) < 0)
    return CC_FAILED;
  result = cc_bind_judge_rootfs(rules, h->rootfs_fd, &h->pins->below_root, err);
  cc_bind_rules_free(rules);
  return result < 0 ? cc_refusal_note(h->report, err) : 0;
}

/* Low-level runtimes resolve root.path again. Engines keep root filesystems where only root writes; `podman run
 * --rootfs` and bare bundles name any place. */
static bool
is_fixed(const struct cc_harden *h, const char *path)
{
  cc_auto_free char *real = NULL, *bundle = NULL, *plain = NULL;

  if (cc_fd_path(h->rootfs_fd, &real) < 0 || cc_fd_path(h->bundle_fd, &bundle) < 0)
    return false;
  plain = path[0] == '/' ? cc_xstrdup(path) : cc_xasprintf("%s/%s", bundle, path);
  return strcmp(plain, real) == 0 && cc_parents_are_private(real, NULL) == 1;
}

static int
pin(struct cc_harden *h, struct cc_error *err)
{
  struct cc_pin root = { .fd = fcntl(h->rootfs_fd, F_DUPFD_CLOEXEC, 3), .submounts = true };

  if (root.fd < 0)
    return cc_error_set(err, errno, "duplicate a descriptor");
  return cc_pins_add(h->pins, &root, err);
}

int
cc_harden_rootfs(struct cc_harden *h, struct cc_error *err)
{
  struct cc_jval *root = cc_jget(h->spec, "root");
  const char *path = cc_jget_str(root, "path");

  if (path == NULL || path[0] == '\0')
    return cc_report_refuse(h->report, "rootfs",
                            "container without root.path: there is nothing to confine; name its root "
                            "filesystem");
  if (h->policy->read_only_root && !cc_jbool(cc_jget(root, "readonly"), false))
    {
      cc_jset_bool(h->doc, root, "readonly", true);
      cc_report_tighten(h->report, "rootfs", "root.readonly", "false", "true");
    }
  complete_list(h, "maskedPaths", masked, N_ELEMENTS(masked));
  complete_list(h, "readonlyPaths", read_only, N_ELEMENTS(read_only));
  judge_propagation(h);
  if (h->rootfs_fd < 0)
    return 0;
  judge_directories(h);
  if (judge_place(h, err) < 0)
    return CC_FAILED;
  return is_fixed(h, path) ? 0 : pin(h, err);
}
