#include "shim/harden.h"

#include "common/own.h"
#include "common/path.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* runtime-spec config-linux.md, "Default Devices". A minor of -1 is any. */
static const struct standard
{
  const char *path;
  int64_t major, minor;
} standards[] = {
  { "/dev/null", 1, 3 },    { "/dev/zero", 1, 5 },    { "/dev/full", 1, 7 },
  { "/dev/random", 1, 8 },  { "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 },
  { "/dev/console", 5, 1 }, { "/dev/ptmx", 5, 2 },    { NULL, 136, -1 },
};

/* What engines allow by themselves beyond that, and a container without it still starts: taken away, not refused.
 * containerd's default list has the tun device. */
static const struct
{
  int64_t major, minor;
} engines[] = { { 10, 200 } };

/* Devices of `gpus`: whatever lies there, when it is the same device on the host. */
static const char *const gpu_prefixes[] = { "/dev/nvidia", "/dev/dri/", "/dev/kfd", "/dev/dxg" };

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))
#define WAY_OUT "leave it out, or have the operator list the device under `devices`"

/* A device number as a configuration names it: -1 is absent or a wildcard. */
struct number
{
  char type; /* 'c', 'b', 'p', 'a' */
  int64_t major, minor;
};

static struct number
read_number(const struct cc_jval *v)
{
  const char *type = cc_jget_str(v, "type");
  struct number n = { type != NULL && type[0] != '\0' && type[1] == '\0' ? type[0] : 'a', -1, -1 };

  cc_jint64(cc_jget(v, "major"), &n.major);
  cc_jint64(cc_jget(v, "minor"), &n.minor);
  if (n.type == 'u')
    n.type = 'c';
  return n;
}

static bool
is_standard(const struct number *n, const char *path)
{
  for (size_t i = 0; i < N_ELEMENTS(standards); i++)
    if (n->type == 'c' && n->major == standards[i].major && (standards[i].minor < 0 || n->minor == standards[i].minor)
        && (path == NULL || (standards[i].path != NULL && strcmp(path, standards[i].path) == 0)))
      return true;
  return false;
}

static bool
is_host_device(const char *path, const struct number *n)
{
  struct stat st;

  return stat(path, &st) == 0 && (S_ISCHR(st.st_mode) ? n->type == 'c' : S_ISBLK(st.st_mode) && n->type == 'b')
         && n->major == (int64_t)major(st.st_rdev) && n->minor == (int64_t)minor(st.st_rdev);
}

/* By number: a configuration tells where a device appears in the container, not which of the host it was. */
static bool
is_operators(const struct cc_policy *policy, const struct number *n, const char *path)
{
  for (size_t i = 0; i < policy->devices.count; i++)
    if (is_host_device(policy->devices.items[i], n))
      return true;
  if (policy->gpus == NULL || policy->gpus[0] == '\0' || path == NULL)
    return false;
  for (size_t i = 0; i < N_ELEMENTS(gpu_prefixes); i++)
    if (strncmp(path, gpu_prefixes[i], strlen(gpu_prefixes[i])) == 0)
      return is_host_device(path, n);
  return false;
}

/* crun gives mknod(2) all bits of it: those of a block device make one out of a character device. Podman writes the
 * node's own. */
static bool
is_plain_mode(const struct cc_jval *mode, const struct number *n)
{
  uint64_t bits = 0;

  if (mode == NULL)
    return true;
  return cc_juint64(mode, &bits) == 0
         && ((bits & ~(uint64_t)07777) == 0 || (bits & ~(uint64_t)07777) == (n->type == 'b' ? S_IFBLK : S_IFCHR));
}

/* One refusal for all of them: --privileged lists every device of the host. */
static void
judge_nodes(struct cc_harden *h)
{
  cc_auto_free char *first = NULL;
  size_t more = 0;

  cc_jeach(d, cc_jpath(h->spec, "linux.devices"))
  {
    struct number n = read_number(d);
    const char *path = cc_jget_str(d, "path");

    if (path != NULL && cc_path_is_clean(path) && cc_path_is_under(path, "/dev")
        && is_plain_mode(cc_jget(d, "fileMode"), &n) && (is_standard(&n, path) || is_operators(h->policy, &n, path)))
      continue;
    if (first == NULL)
      first = cc_xasprintf("device `%s` (%c %" PRId64 ":%" PRId64 ")", path != NULL ? path : "", n.type, n.major,
                           n.minor);
    else
      more++;
  }
  if (more > 0)
    cc_report_refuse(h->report, "device", "%s and %zu more: the host's own hardware or kernel; " WAY_OUT, first, more);
  else if (first != NULL)
    cc_report_refuse(h->report, "device", "%s: it is the host's own hardware or kernel; " WAY_OUT, first);
}

/* The container's nodes that were allowed above; `gpus` allows no number by itself. */
static bool
has_node(const struct cc_harden *h, const struct number *n)
{
  cc_jeach(d, cc_jpath(h->spec, "linux.devices"))
  {
    struct number own = read_number(d);

    if (own.type == n->type && own.major == n->major && own.minor == n->minor
        && is_operators(h->policy, &own, cc_jget_str(d, "path")))
      return true;
  }
  return false;
}

static bool
is_deny_all(const struct cc_jval *rule)
{
  struct number n = read_number(rule);
  const char *access = cc_jget_str(rule, "access");

  return !cc_jbool(cc_jget(rule, "allow"), false) && n.type == 'a' && n.major < 0 && n.minor < 0
         && (access == NULL
             || (strchr(access, 'r') != NULL && strchr(access, 'w') != NULL && strchr(access, 'm') != NULL));
}

enum verdict
{
  KEEP,
  TAKE_AWAY,
  REFUSE
};

static enum verdict
judge_rule(const struct cc_harden *h, const struct cc_jval *rule)
{
  struct number n = read_number(rule);
  const char *access = cc_jget_str(rule, "access");

  if (!cc_jbool(cc_jget(rule, "allow"), false) || is_standard(&n, NULL) || is_operators(h->policy, &n, NULL)
      || has_node(h, &n))
    return KEEP;
  /* mknod of anything (containerd's and runc's default): without CAP_MKNOD it gives nothing */
  if (access != NULL && strcmp(access, "m") == 0)
    return TAKE_AWAY;
  for (size_t i = 0; i < N_ELEMENTS(engines); i++)
    if (n.type == 'c' && n.major == engines[i].major && n.minor == engines[i].minor)
      return TAKE_AWAY;
  return REFUSE;
}

static void
judge_rules(struct cc_harden *h)
{
  struct cc_jval *linux_ = cc_jneed_object(h->doc, h->spec, "linux");
  struct cc_jval *rules = cc_jneed_array(h->doc, cc_jneed_object(h->doc, linux_, "resources"), "devices");
  size_t taken = 0;

  cc_jeach(rule, rules)
  {
    struct number n = read_number(rule);

    switch (judge_rule(h, rule))
      {
      case KEEP:
        break;
      case TAKE_AWAY:
        cc_jremove(rules, rule);
        taken++;
        break;
      case REFUSE:
        cc_report_refuse(h->report, "device",
                         "device rule that allows `%c %" PRId64 ":%" PRId64
                         "` (-1 is any): it is the host's own hardware or kernel; " WAY_OUT,
                         n.type, n.major, n.minor);
      }
  }
  if (taken > 0)
    cc_report_tighten(h->report, "device", "linux.resources.devices", "tun, mknod", "runtime-spec defaults");
  if (rules->first == NULL || !is_deny_all(rules->first))
    {
      struct cc_jval *deny = cc_jnew(h->doc, CC_JSON_OBJECT);

      cc_jset_bool(h->doc, deny, "allow", false);
      cc_jset_str(h->doc, deny, "access", "rwm");
      cc_jprepend(rules, deny);
      cc_report_tighten(h->report, "device", "linux.resources.devices[0]", "no denial of all", "all denied first");
    }
}

int
cc_harden_devices(struct cc_harden *h, struct cc_error *err)
{
  (void)err;
  judge_nodes(h);
  judge_rules(h);
  return 0;
}
