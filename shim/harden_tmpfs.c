#include "shim/harden.h"

#include "common/own.h"
#include "common/path.h"
#include "shim/mount_options.h"
#include "shim/targets.h"

#include <inttypes.h>
#include <string.h>

#define WORKSPACE "/workspace"

/* What runtimes give to /dev; device nodes need no more. */
#define DEV_SIZE (64u << 20)

static uint64_t
limit_of(const struct cc_harden *h, const char *destination)
{
  uint64_t limit = h->policy->tmpfs_size;

  return strcmp(destination, "/dev") == 0 && limit > DEV_SIZE ? DEV_SIZE : limit;
}

/* The size of a tmpfs that somebody asked for, never above the policy's. size=0, nr_blocks=0 and nr_inodes=0 mean no
 * limit to the kernel (tmpfs(5)), nr_blocks is a second way to set the size, and the last option wins. */
static void
cap_size(struct cc_harden *h, struct cc_jval *m)
{
  struct cc_jval *options = cc_jneed_array(h->doc, m, "options");
  const char *destination = cc_jget_str(m, "destination"), *asked = cc_mount_value(options, "size=");
  const char *inodes = cc_mount_value(options, "nr_inodes=");
  uint64_t limit = limit_of(h, destination), size = 0, count = 1;
  bool fits = asked != NULL && cc_mount_size(asked, &size) == 0 && size > 0 && size <= limit
              && cc_mount_value(options, "nr_blocks=") == NULL;
  bool bounded = inodes == NULL || (cc_mount_size(inodes, &count) == 0 && count > 0);
  cc_auto_free char *was = NULL, *now = NULL, *place = NULL;

  if (fits && bounded)
    return;
  was = cc_mount_options_text(options);
  place = cc_xasprintf("mounts[%s].options", destination);
  if (!bounded)
    cc_mount_remove(options, "nr_inodes=");
  if (!fits)
    {
      now = cc_xasprintf("size=%" PRIu64, limit);
      cc_mount_remove(options, "size=");
      cc_mount_remove(options, "nr_blocks=");
      cc_jappend_str(h->doc, options, now);
    }
  free(cc_move_ptr(now));
  now = cc_mount_options_text(options);
  cc_report_tighten(h->report, "tmpfs", place, was, "%s", now);
}

/* True when something is mounted at PATH or above it: then what is there is that mount's. */
static bool
is_covered(const struct cc_jval *mounts, const char *path)
{
  cc_jeach(m, mounts)
  {
    const char *destination = cc_jget_str(m, "destination");

    if (destination != NULL && cc_path_is_under(path, destination))
      return true;
  }
  return false;
}

/* An image's /workspace may be a link to /proc: nobody asked for a mount there, so nobody else looks. */
static bool
leads_to_reserved(struct cc_harden *h, const char *path)
{
  cc_auto_free char *real = cc_target_landing(h->rootfs_fd, path);

  if (real != NULL && !cc_target_is_kernels(real))
    return false;
  cc_report_refuse(h->report, "mount-target",
                   "tmpfs at `%s`: a symbolic link of the image leads to `%s`; use an image with a plain directory",
                   path, real != NULL ? real : "itself");
  return true;
}

/* Adds a tmpfs before everything else, so that what is mounted below it (/run/secrets) stays visible. */
static void
add_tmpfs(struct cc_harden *h, struct cc_jval *mounts, const char *path, const char *owner)
{
  struct cc_jval *m, *options;
  cc_auto_free char *size = cc_xasprintf("size=%" PRIu64, h->policy->tmpfs_size);
  cc_auto_free char *place = cc_xasprintf("mounts[%s]", path);
  cc_auto_free char *uid = cc_xasprintf("uid=%" PRIu32, h->uid), *gid = cc_xasprintf("gid=%" PRIu32, h->gid);

  if (leads_to_reserved(h, path))
    return;
  m = cc_jnew(h->doc, CC_JSON_OBJECT);
  cc_jset_str(h->doc, m, "destination", path);
  cc_jset_str(h->doc, m, "type", "tmpfs");
  cc_jset_str(h->doc, m, "source", "tmpfs");
  options = cc_jneed_array(h->doc, m, "options");
  cc_jappend_str(h->doc, options, "nosuid");
  cc_jappend_str(h->doc, options, "nodev");
  cc_jappend_str(h->doc, options, size);
  /* runc gives a tmpfs the mode of the image's directory that it covers (/run: 0755), so it also gets an owner who may
   * write */
  cc_jappend_str(h->doc, options, owner == NULL ? "mode=1777" : "mode=0700");
  cc_jappend_str(h->doc, options, uid);
  cc_jappend_str(h->doc, options, gid);
  cc_jprepend(mounts, m);
  cc_report_tighten(h->report, owner != NULL ? "workspace" : "tmpfs", place, "absent", "tmpfs, %s%s", size,
                    owner != NULL ? owner : "");
}

int
cc_harden_tmpfs(struct cc_harden *h, struct cc_error *err)
{
  struct cc_jval *mounts = cc_jneed_array(h->doc, h->spec, "mounts");

  (void)err;
  cc_jeach(m, mounts)
  {
    const char *type = cc_jget_str(m, "type");

    if (type != NULL && strcmp(type, "tmpfs") == 0 && cc_jget_str(m, "destination") != NULL && !cc_mount_is_bind(m))
      cap_size(h, m);
  }
  /* In the reverse order, since each goes to the front: a path that lies in another one comes after it */
  for (size_t i = h->policy->tmpfs.count; i-- > 0;)
    if (!is_covered(mounts, h->policy->tmpfs.items[i]))
      add_tmpfs(h, mounts, h->policy->tmpfs.items[i], NULL);
  if (h->identity->kind != CC_KIND_POD_SANDBOX && !is_covered(mounts, WORKSPACE))
    add_tmpfs(h, mounts, WORKSPACE, ", private to the container's user");
  return 0;
}
