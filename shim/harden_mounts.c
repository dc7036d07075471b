#include "shim/harden.h"

#include "common/fd.h"
#include "common/own.h"
#include "common/path.h"
#include "policy/binds.h"
#include "shim/engine_mounts.h"
#include "shim/mount_options.h"
#include "shim/refusal.h"
#include "shim/targets.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <unistd.h>

/* The kernel's filesystems, and where each may be. "" is anywhere that is not reserved. */
static const struct standard
{
  const char *type, *destination;
} standards[] = {
  { "proc", "/proc" },
  { "sysfs", "/sys" },
  { "tmpfs", "/dev" },
  { "devpts", "/dev/pts" },
  { "tmpfs", "/dev/shm" },
  { "mqueue", "/dev/mqueue" },
  { "tmpfs", "" },
  { "cgroup", "/sys/fs/cgroup" },
  { "cgroup2", "/sys/fs/cgroup" },
};

/* What engines put below a reserved place themselves. */
static const char *const engines_reserved[] = { "/dev/shm", "/dev/termination-log" };

/* Targets that OpenClaw keeps for itself; an operator's bind needs dangerouslyAllowReservedContainerTargets. */
static const char *const workspace_targets[] = { "/workspace", "/agent" };

/* Each is compared with each, and engines write some twenty. */
#define MOUNTS_MAX 1024

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

/* Where a mount lands when the image's links are followed. */
struct landing
{
  const struct cc_jval *m;
  char *real;
};

/* One call's state. */
struct mounts
{
  struct cc_harden *h;
  struct cc_jval *list;
  struct cc_engine_mounts *engine;
  struct cc_bind_rules *rules; /* made for the first bind that is not the engine's */
  struct landing *landings;    /* of the mounts that were looked at so far */
  size_t landing_count;
};

/* One mount. */
struct entry
{
  struct cc_jval *m, *options;
  const char *type, *source;
  char *destination; /* clean */
};

static bool
is_one_of(const char *s, const char *const *list, size_t count)
{
  for (size_t i = 0; i < count; i++)
    if (strcmp(s, list[i]) == 0)
      return true;
  return false;
}

static int
need_rules(struct mounts *c, struct cc_error *err)
{
  if (c->rules != NULL)
    return 0;
  if (cc_bind_rules_new(c->h->policy, cc_engine_mounts_roots(c->engine), &c->rules, err) < 0)
    return CC_FAILED;
  cc_engine_mounts_exempt(c->engine, c->rules);
  return 0;
}

/* -- options -- */

static bool
add_option(struct mounts *c, const struct entry *e, const char *option)
{
  if (cc_jarray_has(e->options, option))
    return false;
  cc_jappend_str(c->h->doc, e->options, option);
  return true;
}

static void
note_options(struct mounts *c, const struct entry *e, const char *was)
{
  cc_auto_free char *now = cc_mount_options_text(e->options);
  cc_auto_free char *place = cc_xasprintf("mounts[%s].options", e->destination);

  if (strcmp(was, now) != 0)
    cc_report_tighten(c->h->report, "mount-option", place, was, "%s", now);
}

static void
make_read_only(struct mounts *c, const struct entry *e)
{
  const char *last = cc_mount_last_of(e->options, "ro", "rw");

  if (last != NULL && strcmp(last, "ro") == 0)
    return;
  cc_mount_remove(e->options, "rw");
  cc_mount_remove(e->options, "ro");
  cc_jappend_str(c->h->doc, e->options, "ro");
}

/* True when the options may be; a refusal is noted otherwise. */
static bool
judge_options(struct mounts *c, const struct entry *e, const char *type)
{
  const char *option = cc_mount_refused_option(e->options, type);
  bool any;

  if (option == NULL && (cc_jget(e->m, "uidMappings") != NULL || cc_jget(e->m, "gidMappings") != NULL))
    option = "idmap";
  if (option != NULL)
    {
      cc_report_refuse(
          c->h->report, "mount-option",
          "mount at `%s` with the option `%s`: it could loosen the mount or change its meaning; leave it out",
          e->destination, option);
      return false;
    }
  option = cc_mount_refused_propagation(e->options, &any);
  if (option != NULL)
    {
      cc_report_refuse(c->h->report, "bind-propagation",
                       "mount at `%s` with propagation `%s`: mounts of the container would appear on the host; "
                       "use `rprivate`",
                       e->destination, option);
      return false;
    }
  return true;
}

static bool
has_propagation(const struct entry *e)
{
  bool any;

  return cc_mount_refused_propagation(e->options, &any) == NULL && any;
}

/* -- targets -- */

static void
note_landing(struct mounts *c, const struct cc_jval *m, char *real)
{
  c->landings = cc_xrealloc(c->landings, (c->landing_count + 1) * sizeof(*c->landings));
  c->landings[c->landing_count++] = (struct landing){ m, real };
}

/* The mount, of those so far, that a mount which lands at REAL lies in, or NULL. *REST is where in it. */
static const struct cc_jval *
covering(const struct mounts *c, const char *real, const char **rest)
{
  const struct cc_jval *found = NULL;
  size_t longest = 0;

  for (size_t i = 0; i < c->landing_count; i++)
    {
      const struct landing *l = &c->landings[i];
      size_t n = strlen(l->real);

      if (n > longest && n > 1 && strlen(real) > n && cc_path_is_under(real, l->real))
        {
          found = l->m;
          longest = n;
          *rest = real + n + 1;
        }
    }
  return found;
}

/* The pinned bind that a mount which lands at REAL lies in, or NULL. Without one it lies in the image, in what the
 * engine mounted, whose files nobody else may change, or in a tmpfs of its own. */
static const struct cc_pin *
covering_pin(const struct mounts *c, const char *real, const char **rest)
{
  const struct cc_jval *cover = covering(c, real, rest);

  return cover != NULL ? cc_pins_find(c->h->pins, cover) : NULL;
}

/* A target below another bind is looked up in that one's source, which its owner may fill with links at any
 * time (CVE-2021-30465): so no links there at all. A bind is then attached without another look (shim/pins.c). */
static bool
is_safe_target(struct mounts *c, const struct entry *e)
{
  cc_auto_close int fd = -1;
  const char *rest = NULL;
  const struct cc_pin *pin;
  char *real = cc_target_landing(c->h->rootfs_fd, e->destination);

  if (real == NULL)
    return false;
  pin = covering_pin(c, real, &rest);
  note_landing(c, e->m, real);
  if (strcmp(real, e->destination) != 0 && cc_target_is_kernels(real))
    return false;
  if (pin == NULL)
    return true;
  fd = cc_openat2(pin->fd, rest, O_PATH, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  return fd >= 0 || errno == ENOENT || errno == ENOTDIR; /* a file cannot be a parent: the runtime fails */
}

static bool
judge_target(struct mounts *c, const struct entry *e, const char *rule, bool engines)
{
  if (cc_target_is_kernels(e->destination)
      && !(engines && is_one_of(e->destination, engines_reserved, N_ELEMENTS(engines_reserved))))
    cc_report_refuse(c->h->report, rule,
                     "mount at `%s`: nothing may cover /, /proc, /sys or /dev; choose another target", e->destination);
  else if (!is_safe_target(c, e))
    cc_report_refuse(
        c->h->report, rule,
        "mount at `%s`: a symbolic link of the image or of another mount leads elsewhere; choose another target",
        e->destination);
  else
    return true;
  return false;
}

/* -- binds -- */

static void
tighten_bind(struct mounts *c, const struct entry *e)
{
  cc_auto_free char *was = cc_mount_options_text(e->options);

  /* A slave shows what is mounted on the host later, which nobody has judged: an engine mounts a volume that turns out
   * to be /etc before it asks the runtime. Docker makes every bind from its own data directory one. */
  cc_mount_remove(e->options, "slave");
  cc_mount_remove(e->options, "rslave");
  if (!has_propagation(e))
    add_option(c, e, "rprivate");
  if (!cc_jarray_has(e->options, "rnosuid"))
    add_option(c, e, "nosuid");
  if (!cc_jarray_has(e->options, "rnodev"))
    add_option(c, e, "nodev");
  note_options(c, e, was);
}

/* The landing of the mount of PIN was noted last. */
static void
note_cover(const struct mounts *c, struct cc_pin *pin)
{
  const struct landing *own = &c->landings[c->landing_count - 1];
  const char *rest = NULL;
  const struct cc_pin *cover = covering_pin(c, own->real, &rest);

  if (cover == NULL || cover->mount == NULL)
    return;
  pin->below = cover->mount;
  pin->rest = cc_xstrdup(rest);
}

static bool
is_pending(const struct mounts *c, const char *source)
{
  const struct cc_strings *pending = c->h->pending;

  for (size_t i = 0; pending != NULL && source != NULL && i < pending->count; i++)
    if (strcmp(pending->items[i], source) == 0)
      return faccessat(AT_FDCWD, source, F_OK, AT_SYMLINK_NOFOLLOW) < 0 && errno == ENOENT;
  return false;
}

/* Judged by its path alone, as a plain directory of root; there is nothing to pin. */
static int
bind_by_path(struct mounts *c, const struct entry *e, bool read_only, struct cc_error *err)
{
  if (cc_bind_judge_missing(c->rules, e->source, read_only, err) < 0)
    return cc_refusal_note(c->h->report, err);
  tighten_bind(c, e);
  if (strcmp(e->destination, "/workspace") == 0)
    c->h->workspace_mounted = true;
  return 0;
}

/* What was not judged, because of ERR; only in a preview. Any other error stays. */
static int
bind_unjudged(struct mounts *c, const struct entry *e, bool read_only, struct cc_error *err)
{
  struct cc_strings *list = c->h->unjudged;

  if (list == NULL || cc_error_is_refusal(err) || (err->errnum != EACCES && err->errnum != EPERM))
    return cc_refusal_note(c->h->report, err);
  list->items = cc_xrealloc(list->items, (list->count + 1) * sizeof(char *));
  list->items[list->count++] = cc_xstrdup(err->msg);
  cc_error_clear(err);
  return bind_by_path(c, e, read_only, err);
}

static int
callers_bind(struct mounts *c, const struct entry *e, bool read_only, struct cc_error *err)
{
  struct cc_bind_source source;
  struct cc_pin pin;

  if (!judge_target(c, e, "bind-target", false))
    return 0;
  if (need_rules(c, err) < 0)
    return CC_FAILED;
  if (is_pending(c, e->source))
    return bind_by_path(c, e, read_only, err);
  if (cc_bind_judge(c->rules, e->source, read_only, &source, err) < 0)
    return bind_unjudged(c, e, read_only, err);
  tighten_bind(c, e);
  if (strcmp(e->destination, "/workspace") == 0)
    {
      c->h->workspace_mounted = true;
      c->h->workspace_uid = source.uid;
      c->h->workspace_gid = source.gid;
    }
  pin = (struct cc_pin){
    .mount = e->m, .fd = cc_move_fd(&source.fd), .read_only = read_only, .submounts = source.submounts
  };
  cc_bind_source_clear(&source);
  note_cover(c, &pin);
  return cc_pins_add(c->h->pins, &pin, err);
}

static int
harden_bind(struct mounts *c, const struct entry *e, struct cc_error *err)
{
  bool read_only = cc_jarray_has(e->options, "rro")
                   || (cc_mount_last_of(e->options, "ro", "rw") != NULL
                       && strcmp(cc_mount_last_of(e->options, "ro", "rw"), "ro") == 0);

  /* runc and crun disagree about a type beside the option */
  if (e->type != NULL && e->type[0] != '\0' && strcmp(e->type, "bind") != 0 && strcmp(e->type, "none") != 0)
    return cc_report_refuse(c->h->report, "mount-type",
                            "mount at `%s`: type `%s` with the option `bind` has two meanings; use type `bind`",
                            e->destination, e->type);
  if (!judge_options(c, e, "bind"))
    return 0;
  switch (cc_engine_mounts_classify(c->engine, e->source, e->destination, read_only))
    {
    case CC_MOUNT_ENGINES:
      judge_target(c, e, "bind-target", true);
      return 0;
    case CC_MOUNT_TOKEN:
      return cc_report_refuse(c->h->report, "bind-credential",
                              "bind of a service-account token at `%s`: it is a credential of the cluster; set "
                              "`automountServiceAccountToken: false` in the pod",
                              e->destination);
    case CC_MOUNT_VOLUME:
    case CC_MOUNT_CALLERS:
      break;
    }
  return callers_bind(c, e, read_only, err);
}

/* -- the kernel's filesystems -- */

static bool
judge_type(struct mounts *c, const struct entry *e)
{
  bool known = false;

  for (size_t i = 0; e->type != NULL && i < N_ELEMENTS(standards); i++)
    if (strcmp(standards[i].type, e->type) == 0)
      {
        known = true;
        if (strcmp(standards[i].destination, e->destination) == 0
            || (standards[i].destination[0] == '\0' && !cc_target_is_kernels(e->destination)))
          return true;
      }
  if (known)
    cc_report_refuse(c->h->report, "mount-target", "mount of type `%s` at `%s`: it has its one place; leave it out",
                     e->type, e->destination);
  else
    cc_report_refuse(c->h->report, "mount-type",
                     "mount of type `%s` at `%s`: only binds, tmpfs and the kernel's own filesystems are mounted; "
                     "bind a plain directory instead",
                     e->type != NULL ? e->type : "", e->destination);
  return false;
}

static int
harden_filesystem(struct mounts *c, const struct entry *e)
{
  cc_auto_free char *was = NULL;

  if (!judge_type(c, e) || !judge_options(c, e, e->type)
      || (!cc_target_is_kernels(e->destination) && !judge_target(c, e, "mount-target", false)))
    return 0;
  was = cc_mount_options_text(e->options);
  add_option(c, e, "nosuid");
  if (strcmp(e->type, "devpts") == 0)
    add_option(c, e, "newinstance");
  else if (strcmp(e->type, "tmpfs") != 0)
    {
      add_option(c, e, "noexec");
      add_option(c, e, "nodev");
    }
  else if (strcmp(e->destination, "/dev") != 0)
    add_option(c, e, "nodev");
  if (strcmp(e->type, "sysfs") == 0 || strncmp(e->type, "cgroup", 6) == 0)
    make_read_only(c, e);
  note_options(c, e, was);
  return 0;
}

/* -- the list -- */

/* The mount before E at the same place, or NULL. */
static const struct cc_jval *
find_first(const struct mounts *c, const struct entry *e)
{
  cc_jeach(m, c->list)
  {
    cc_auto_free char *destination = NULL;

    if (m == e->m)
      return NULL;
    destination = cc_path_clean(cc_jget_str(m, "destination"));
    if (destination != NULL && strcmp(destination, e->destination) == 0)
      return m;
  }
  return NULL;
}

static bool
is_plain_tmpfs(const struct cc_jval *m)
{
  const char *type = cc_jget_str(m, "type");

  return type != NULL && strcmp(type, "tmpfs") == 0 && !cc_mount_is_bind(m);
}

/* True when E is done with: a second mount at the place of FIRST hides that one from whoever checks it. containerd 1.6
 * itself mounts /dev/shm twice in a pod's sandbox: its default tmpfs, then the pod's. Podman's --read-only writes two
 * tmpfs at /tmp for an image whose /var/tmp is a link to it; one empty tmpfs does for both. */
static bool
settle_duplicate(struct mounts *c, const struct entry *e, const struct cc_jval *first)
{
  cc_auto_free char *place = cc_xasprintf("mounts[%s]", e->destination);

  if (is_plain_tmpfs(first) && is_plain_tmpfs(e->m))
    {
      cc_jremove(c->list, e->m);
      cc_report_tighten(c->h->report, "mount-target", place, "two tmpfs", "the first");
      return true;
    }
  if (strcmp(e->destination, "/dev/shm") == 0 && !cc_mount_is_bind(first)
      && cc_engine_mounts_classify(c->engine, e->source, e->destination, false) == CC_MOUNT_ENGINES)
    return false;
  cc_report_refuse(c->h->report, "mount-target", "second mount at `%s`: it would cover the first; leave one out",
                   e->destination);
  return true;
}

static bool
has_dot_dot(const char *path)
{
  for (const char *p = strstr(path, "/.."); p != NULL; p = strstr(p + 1, "/.."))
    if (p[3] == '/' || p[3] == '\0')
      return true;
  return false;
}

static int
harden_one(struct mounts *c, struct cc_jval *m, struct cc_error *err)
{
  const char *destination = cc_jget_str(m, "destination");
  const struct cc_jval *first;
  cc_auto_free char *clean = NULL;
  struct entry e = { .m = m, .type = cc_jget_str(m, "type"), .source = cc_jget_str(m, "source") };

  if (destination == NULL || destination[0] != '/' || has_dot_dot(destination))
    return cc_report_refuse(c->h->report, "mount-target",
                            "mount at `%s`: not a plain absolute path; write the whole path",
                            destination != NULL ? destination : "");
  clean = cc_path_clean(destination);
  e.destination = clean;
  /* one spelling, so that what follows compares plainly; runtimes clean it themselves */
  if (strcmp(clean, destination) != 0)
    cc_jset_str(c->h->doc, m, "destination", clean);
  e.options = cc_jneed_array(c->h->doc, m, "options");
  cc_mount_remove_ignored(e.options);
  first = find_first(c, &e);
  if (first != NULL && settle_duplicate(c, &e, first))
    return 0;
  return cc_mount_is_bind(m) ? harden_bind(c, &e, err) : harden_filesystem(c, &e);
}

static struct cc_jval *
find_mount(const struct cc_jval *list, const char *destination)
{
  cc_jeach(m, list)
  {
    cc_auto_free char *clean = cc_path_clean(cc_jget_str(m, "destination"));

    if (clean != NULL && strcmp(clean, destination) == 0)
      return m;
  }
  return NULL;
}

static struct cc_jval *
new_mount(struct cc_harden *h, const char *destination, const char *type, const char *source,
          const char *const *options)
{
  struct cc_jval *m = cc_jnew(h->doc, CC_JSON_OBJECT), *list;

  cc_jset_str(h->doc, m, "destination", destination);
  cc_jset_str(h->doc, m, "type", type);
  cc_jset_str(h->doc, m, "source", source);
  list = cc_jneed_array(h->doc, m, "options");
  for (; *options != NULL; options++)
    cc_jappend_str(h->doc, list, *options);
  return m;
}

/* Without an own /proc the masks have nothing to mask; without an own /dev the device nodes go into the image, whose
 * links they follow (CVE-2026-41579, CVE-2026-47766). */
static void
add_missing(struct mounts *c)
{
  static const char *const dev[] = { "nosuid", "strictatime", "mode=755", "size=65536k", NULL };
  static const char *const proc[] = { "nosuid", "noexec", "nodev", NULL };
  struct cc_harden *h = c->h;

  if (find_mount(c->list, "/dev") == NULL)
    {
      cc_jprepend(c->list, new_mount(h, "/dev", "tmpfs", "tmpfs", dev));
      cc_report_tighten(h->report, "mount-type", "mounts[/dev]", "absent", "tmpfs");
    }
  if (find_mount(c->list, "/proc") == NULL)
    {
      cc_jprepend(c->list, new_mount(h, "/proc", "proc", "proc", proc));
      cc_report_tighten(h->report, "mount-type", "mounts[/proc]", "absent", "proc");
    }
}

/* The binds that the operator wrote, at targets that the caller left free: what the caller mounts stays as it asked. */
static int
add_operators_bind(struct mounts *c, const struct cc_bind *bind, struct cc_error *err)
{
  const char *const options[] = { "rbind", "rprivate", "nosuid", "nodev", bind->read_only ? "ro" : NULL, NULL };
  struct cc_harden *h = c->h;
  struct cc_jval *m;

  if (find_mount(c->list, bind->target) != NULL)
    return 0;
  if (is_one_of(bind->target, workspace_targets, N_ELEMENTS(workspace_targets)) && !h->policy->allow_reserved_targets)
    return cc_report_refuse(
        h->report, "bind-target",
        "bind of the configuration at `%s`: the target is kept for the workspace; choose another, or set "
        "dangerouslyAllowReservedContainerTargets",
        bind->target);
  cc_jeach(other, c->list)
  {
    const char *destination = cc_jget_str(other, "destination");

    if (destination != NULL && cc_path_is_under(destination, bind->target))
      return cc_report_refuse(
          h->report, "bind-target",
          "bind of the configuration at `%s`: it would cover the mount at `%s`; choose another target", bind->target,
          destination);
  }
  m = new_mount(h, bind->target, "bind", bind->source, options);
  cc_jappend(c->list, m);
  return harden_one(c, m, err);
}

int
cc_harden_mounts(struct cc_harden *h, struct cc_error *err)
{
  struct mounts c = { .h = h, .list = cc_jneed_array(h->doc, h->spec, "mounts") };
  int result;

  if (c.list->count > MOUNTS_MAX)
    return cc_report_refuse(
        h->report, "mount-target",
        "configuration with %u mounts: more than %u are not mounted; bind a directory that holds them", c.list->count,
        MOUNTS_MAX);
  result = cc_engine_mounts_new(h->spec, h->identity, h->root_arg, &c.engine, err);
  for (struct cc_jval *m = c.list->first; result == 0 && m != NULL; m = m->next)
    result = harden_one(&c, m, err);
  if (result == 0)
    add_missing(&c);
  for (size_t i = 0; result == 0 && h->identity->kind != CC_KIND_POD_SANDBOX && i < h->policy->bind_count; i++)
    result = add_operators_bind(&c, &h->policy->binds[i], err);
  cc_bind_rules_free(c.rules);
  cc_engine_mounts_free(c.engine);
  for (size_t i = 0; i < c.landing_count; i++)
    free(c.landings[i].real);
  free(c.landings);
  return result;
}
