#include "common/fd.h"
#include "common/own.h"
#include "common/path.h"
#include "shim/harden.h"
#include "shim/image_path.h"
#include "shim/limits.h"
#include "shim/process.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>

struct ids
{
  uint32_t uid, gid;
};

/* True when the user namespace's MAPPINGS (none: the host's) have the container id ID. */
static bool
is_mapped(const struct cc_jval *mappings, uint32_t id)
{
  if (mappings == NULL || mappings->count == 0)
    return true;
  cc_jeach(m, mappings)
  {
    uint64_t first = 0, size = 0;

    if (cc_juint64(cc_jget(m, "containerID"), &first) == 0 && cc_juint64(cc_jget(m, "size"), &size) == 0 && id >= first
        && id - first < size)
      return true;
  }
  return false;
}

/* The last id of the first mapping: any but 0 does, when the usual one is not mapped. */
static uint32_t
last_mapped(const struct cc_jval *mappings)
{
  uint64_t first = 0, size = 0;

  cc_juint64(cc_jget(mappings->first, "containerID"), &first);
  cc_juint64(cc_jget(mappings->first, "size"), &size);
  return size > 1 && first + size - 1 <= CC_ID_MAX ? (uint32_t)(first + size - 1) : CC_DEFAULT_UID;
}

/* The group of the workspace's owner; root's is nobody's but root's. */
static uint32_t
workspace_group(const struct cc_harden *h)
{
  return h->workspace_gid != 0 && h->workspace_gid <= CC_ID_MAX ? h->workspace_gid : (uint32_t)h->workspace_uid;
}

/* Who an image's root becomes: the policy's user, the workspace's owner, or nobody that exists elsewhere. */
static struct ids
choose_user(const struct cc_harden *h)
{
  const struct cc_jval *uids = cc_jpath(h->spec, "linux.uidMappings"), *gids = cc_jpath(h->spec, "linux.gidMappings");
  struct ids ids = { CC_DEFAULT_UID, CC_DEFAULT_UID };

  if (!h->policy->user_auto)
    return (struct ids){ h->policy->uid, h->policy->gid };
  /* an owner on the host means nothing in another user namespace */
  if (h->workspace_mounted && h->workspace_uid != 0 && h->workspace_uid <= CC_ID_MAX && uids == NULL)
    return (struct ids){ h->workspace_uid, workspace_group(h) };
  if (!is_mapped(uids, ids.uid))
    ids.uid = last_mapped(uids);
  if (!is_mapped(gids, ids.gid))
    ids.gid = last_mapped(gids);
  return ids;
}

/* What root's group becomes for a user that is not root. Docker writes group 0 for `--user 1000` when the image has no
 * such user, and Kubernetes for runAsUser alone, so mostly nobody asked for it. 0 when the policy names it. */
static uint32_t
choose_group(const struct cc_harden *h)
{
  const struct cc_jval *gids = cc_jpath(h->spec, "linux.gidMappings");

  if (!h->policy->user_auto && h->policy->gid == 0)
    return 0;
  if (h->workspace_mounted && h->workspace_uid == h->uid && gids == NULL)
    return workspace_group(h);
  return is_mapped(gids, h->uid) ? h->uid : last_mapped(gids);
}

static void
harden_user(struct cc_harden *h, struct cc_jval *process)
{
  bool root_allowed = !h->policy->user_auto && h->policy->uid == 0;

  if (!cc_process_read_user(process, &h->uid, &h->gid, h->report))
    return;
  if (h->uid == 0 && !root_allowed)
    {
      struct ids ids = choose_user(h);

      h->uid = ids.uid;
      h->gid = ids.gid;
      cc_process_set_user(h->doc, process, h->uid, h->gid, h->report);
    }
  else if (h->uid != 0)
    {
      cc_process_drop_root_group(h->doc, process, choose_group(h), h->report);
      if (h->gid == 0)
        h->gid = choose_group(h);
    }
}

/* The operator's variables win over the image's. */
static void
set_env(struct cc_harden *h, struct cc_jval *process)
{
  struct cc_jval *env = cc_jneed_array(h->doc, process, "env");

  for (size_t i = 0; i < h->policy->env_count; i++)
    {
      cc_auto_free char *entry = cc_xasprintf("%s=%s", h->policy->env[i].name, h->policy->env[i].value);

      cc_jeach(e, env) if (cc_env_is(e->text, h->policy->env[i].name)) cc_jremove(env, e);
      cc_jappend_str(h->doc, env, entry);
    }
}

static void
harden_labels(struct cc_harden *h, struct cc_jval *process)
{
  const char *apparmor = cc_jget_str(process, "apparmorProfile");

  /* AppArmor also takes "profile//&unconfined" and ":namespace:unconfined" */
  if (apparmor != NULL && (strstr(apparmor, "unconfined") != NULL || strpbrk(apparmor, ":& \t\n") != NULL))
    cc_report_refuse(h->report, "apparmor-unconfined",
                     "--security-opt apparmor=unconfined: the container would lose its AppArmor profile; leave it out, "
                     "or name a profile");
  if (h->policy->apparmor_profile[0] == '\0'
      || (apparmor != NULL && strcmp(apparmor, h->policy->apparmor_profile) == 0))
    return;
  cc_jset_str(h->doc, process, "apparmorProfile", h->policy->apparmor_profile);
  cc_report_tighten(h->report, "apparmor", "process.apparmorProfile", apparmor != NULL ? apparmor : "", "%s",
                    h->policy->apparmor_profile);
}

static void
harden_rlimits(struct cc_harden *h, struct cc_jval *process)
{
  struct cc_ulimit *caps;
  size_t count;

  cc_ulimit_caps(h->policy, &caps, &count);
  if (cc_rlimits_apply(h->doc, process, caps, count))
    cc_report_tighten(h->report, "resources", "process.rlimits", "above the policy or missing", "%zu limits", count);
  for (size_t i = 0; i < count; i++)
    free(caps[i].name);
  free(caps);
}

static int
own_oom_score_adj(void)
{
  cc_auto_file FILE *f = fopen("/proc/self/oom_score_adj", "re");
  int own = 0;

  return f != NULL && fscanf(f, "%d", &own) == 1 ? own : 0;
}

/* CVE-2024-21626 with a link of the image: runc before 1.1.12 keeps a descriptor of the host open, and /proc/self/fd
 * shows it. Only /proc when it is mounted has what such a link names, so its text decides. */
static void
check_cwd_links(struct cc_harden *h, const struct cc_jval *process)
{
  const char *cwd = cc_jget_str(process, "cwd");
  cc_auto_close int fd = -1;
  cc_auto_free char *real = NULL;

  if (h->rootfs_fd < 0 || cwd == NULL || cwd[0] != '/')
    return;
  fd = cc_openat2(h->rootfs_fd, cwd, O_PATH, 0, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
  if (fd >= 0 || errno == ENOENT)
    return;
  real = cc_image_resolve(h->rootfs_fd, cwd);
  if (real == NULL || cc_path_is_under(real, "/proc"))
    cc_report_refuse(
        h->report, "process-cwd",
        "working directory `%s`: a link of the image leads it into /proc, or around in a ring; name another", cwd);
}

int
cc_harden_process(struct cc_harden *h, struct cc_error *err)
{
  struct cc_jval *process = cc_jget(h->spec, "process");

  (void)err;
  harden_user(h, process);
  cc_process_tighten(h->doc, process, h->report);
  cc_process_limit_oom(h->doc, process, own_oom_score_adj(), h->report);
  cc_process_scrub_env(h->doc, process, h->report);
  cc_process_check_cwd(process, h->report);
  check_cwd_links(h, process);
  set_env(h, process);
  harden_labels(h, process);
  harden_rlimits(h, process);
  return 0;
}
