#include "policy/binds.h"

#include "common/fd.h"
#include "common/own.h"
#include "common/path.h"
#include "policy/binds_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INSTEAD "bind a directory that was made for this container instead"

static const char *const engine_sockets[] = { "docker.sock", "containerd.sock", "podman.sock", "crio.sock" };

/* PATH without links where it exists, else PATH itself; "" for none. malloc'd. */
static char *
real_directory(const char *path)
{
  cc_auto_close int fd = -1;
  char *real = NULL;

  if (path == NULL || path[0] != '/')
    return cc_xstrdup("");
  fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd >= 0 && cc_fd_path(fd, &real) == 0)
    return real;
  return cc_xstrdup(path);
}

int
cc_bind_rules_new(const struct cc_policy *policy, const char *const *extra_blocked, struct cc_bind_rules **out,
                  struct cc_error *err)
{
  struct cc_bind_rules *rules = cc_xcalloc(1, sizeof(*rules));

  rules->workspace_root = real_directory(policy->workspace_root);
  rules->workspace_given = policy->workspace_root != NULL ? cc_path_clean(policy->workspace_root) : NULL;
  if (cc_places_init(extra_blocked, &rules->places, err) < 0)
    {
      cc_bind_rules_free(rules);
      return CC_FAILED;
    }
  *out = rules;
  return 0;
}

void
cc_bind_rules_free(struct cc_bind_rules *rules)
{
  if (rules == NULL)
    return;
  cc_places_clear(&rules->places);
  cc_mountinfo_clear(&rules->mounts);
  for (size_t i = 0; i < rules->exempt_count; i++)
    free(rules->exempt[i]);
  free(rules->exempt);
  free(rules->workspace_root);
  free(rules->workspace_given);
  free(rules);
}

void
cc_bind_rules_exempt(struct cc_bind_rules *rules, const char *prefix)
{
  rules->exempt = cc_xrealloc(rules->exempt, (rules->exempt_count + 1) * sizeof(*rules->exempt));
  rules->exempt[rules->exempt_count++] = cc_xstrdup(prefix);
}

void
cc_bind_source_clear(struct cc_bind_source *source)
{
  cc_cleanup_close(&source->fd);
  cc_cleanup_free(&source->real_path);
}

/* -- refusals -- */

static int
refuse_inside(const struct cc_bind_subject *s, const struct cc_place *place, const char *rest, struct cc_error *err)
{
  if (rest[0] == '\0')
    return cc_error_refuse(err, "bind-blocked", "bind of `%s`: it is `%s`, which no container may see; " INSTEAD,
                           s->source, place->real);
  return cc_error_refuse(err, "bind-blocked",
                         "bind of `%s`: it is `%s%s`, below `%s`, which no container may see; " INSTEAD, s->source,
                         place->real, rest, place->real);
}

static int
refuse_holding(const struct cc_bind_subject *s, const char *what, struct cc_error *err)
{
  return cc_error_refuse(err, "bind-blocked", "bind of `%s`: it holds `%s`, which no container may see; " INSTEAD,
                         s->source, what);
}

static int
refuse_credential(const struct cc_bind_subject *s, const char *where, struct cc_error *err)
{
  return cc_error_refuse(err, "bind-credential",
                         "bind of `%s`: `%s` holds credentials; give the container only the one secret that it needs, "
                         "in a file made for it",
                         s->source, where);
}

/* -- by name -- */

/* True when PATH is below the directory of the sandboxes. */
static bool
is_workspace(const struct cc_bind_rules *rules, const char *path, const char **rest)
{
  *rest = rules->workspace_root[0] != '\0' ? cc_places_rest(path, rules->workspace_root) : NULL;
  return *rest != NULL && (*rest)[0] == '/';
}

static int
judge_names(const struct cc_bind_rules *rules, const struct cc_bind_subject *s, const char *path, struct cc_error *err)
{
  const char *name = NULL, *rest;
  bool sandbox = is_workspace(rules, path, &rest);

  switch (cc_names_judge(sandbox ? rest : path, sandbox, s->read_only, &name))
    {
    case CC_NAME_CREDENTIAL:
      return refuse_credential(s, path, err);
    case CC_NAME_STATE:
      return cc_error_refuse(
          err, "bind-blocked",
          "bind of `%s`: `%s` is a gateway's own state; bind one sandbox or workspace below it instead", s->source,
          path);
    case CC_NAME_FINE:
      break;
    }
  return 0;
}

/* -- by sandbox -- */

/* The sandbox that SOURCE is written to be in, without links; NULL for none. malloc'd. */
static char *
sandbox_of(const struct cc_bind_rules *rules, const char *source)
{
  cc_auto_free char *path = cc_path_clean(source);
  const char *rest = NULL;
  size_t n;

  if (path == NULL)
    return NULL;
  n = cc_names_sandbox(path);
  if (is_workspace(rules, path, &rest)
      || (rules->workspace_given != NULL && (rest = cc_places_rest(path, rules->workspace_given)) != NULL
          && rest[0] == '/'))
    n = (size_t)(rest - path) + 1 + strcspn(rest + 1, "/");
  if (n == 0)
    return NULL;
  path[n] = '\0';
  return real_directory(path);
}

/* What lies in a sandbox is the agent's to fill, also with a link to another agent's sandbox, which is no blocked
 * place. */
static int
judge_sandbox(const struct cc_bind_rules *rules, const struct cc_bind_subject *s, struct cc_error *err)
{
  cc_auto_free char *sandbox = sandbox_of(rules, s->source);

  if (sandbox == NULL || cc_path_is_under(s->path, sandbox))
    return 0;
  return cc_error_refuse(err, "bind-blocked",
                         "bind of `%s`: a link in it leads out of the sandbox `%s`, to `%s`; remove the link, or bind "
                         "the real path",
                         s->source, sandbox, s->path);
}

/* -- by place -- */

static bool
is_exempt(const struct cc_bind_rules *rules, const char *path)
{
  for (size_t i = 0; i < rules->exempt_count; i++)
    if (cc_path_is_under(path, rules->exempt[i]))
      return true;
  return false;
}

/* S is PLACE's REST ("" for the place itself). */
static int
judge_inside(const struct cc_bind_rules *rules, const struct cc_bind_subject *s, const struct cc_place *place,
             const char *rest, struct cc_error *err)
{
  cc_auto_free char *path = cc_places_join(place->real, rest);
  const char *ignored;

  switch (place->kind)
    {
    case CC_PLACE_SYSTEM:
    case CC_PLACE_MEDIUM:
      if ((s->stx.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0 && cc_names_subpath(rest))
        return 0;
      break;
    case CC_PLACE_ENGINE:
      if (cc_names_volume(rest)
          || is_exempt(rules, path)
          /* Docker and Podman bind a volume's subdirectory there first: the mount tells what it is */
          || ((s->stx.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0 && cc_names_subpath(rest)))
        return 0;
      break;
    case CC_PLACE_HOME:
      if (cc_names_home_sandbox(rest, s->read_only) || is_workspace(rules, path, &ignored))
        return 0;
      break;
    case CC_PLACE_STATE:
      if (is_workspace(rules, path, &ignored))
        return 0;
      break;
    case CC_PLACE_HOMES:
      if (rest[0] == '\0')
        break;
      rest = strchrnul(rest + 1, '/');
      __attribute__((fallthrough));
    case CC_PLACE_USER:
      if (is_workspace(rules, path, &ignored))
        return 0;
      if (rest[0] == '\0')
        return cc_error_refuse(
            err, "bind-blocked",
            "bind of `%s`: `%s` is a whole home, with the credentials in it; bind one directory of it instead",
            s->source, path);
      return cc_names_home_credential(rest) ? refuse_credential(s, path, err) : 0;
    }
  return refuse_inside(s, place, rest, err);
}

static int
judge_path(const struct cc_bind_rules *rules, const struct cc_bind_subject *s, struct cc_error *err)
{
  if (strcmp(s->path, "/") == 0)
    return cc_error_refuse(err, "bind-blocked", "bind of `%s`: it is the host's whole root; " INSTEAD, s->source);
  if (judge_names(rules, s, s->path, err) < 0)
    return CC_FAILED;
  for (size_t i = 0; i < rules->places.count; i++)
    {
      const struct cc_place *place = &rules->places.items[i];
      const char *rest = cc_places_rest(s->path, place->real);

      if (rest != NULL ? judge_inside(rules, s, place, rest, err) < 0
                       : cc_path_is_under(place->real, s->path) && refuse_holding(s, place->real, err) < 0)
        return CC_FAILED;
    }
  return 0;
}

/* The same object under another name: needs no mount table, so it also holds where that one cannot tell. */
static int
judge_identity(const struct cc_bind_rules *rules, const struct cc_bind_subject *s, struct cc_error *err)
{
  for (size_t i = 0; i < rules->places.count; i++)
    {
      const struct cc_place *place = &rules->places.items[i];

      if (place->present && place->ino == s->stx.stx_ino && place->major == s->stx.stx_dev_major
          && place->minor == s->stx.stx_dev_minor && judge_inside(rules, s, place, "", err) < 0)
        return CC_FAILED;
    }
  return 0;
}

/* -- by place in the filesystem: what a bind mount elsewhere is a copy of -- */

static int
judge_spot(const struct cc_bind_rules *rules, const struct cc_bind_subject *s, const struct cc_bind_spot *spot,
           struct cc_error *err)
{
  for (size_t i = 0; i < rules->places.count; i++)
    {
      const struct cc_place *place = &rules->places.items[i];
      const char *rest;

      if (place->fs_path == NULL || place->fs_major != spot->major || place->fs_minor != spot->minor)
        continue;
      rest = cc_places_rest(spot->path, place->fs_path);
      if (rest != NULL ? judge_inside(rules, s, place, rest, err) < 0
                       : cc_path_is_under(place->fs_path, spot->path) && refuse_holding(s, place->real, err) < 0)
        return CC_FAILED;
    }
  return 0;
}

/* A filesystem that is mounted below /boot or /etc (the EFI partition) and was mounted once more by
 * whoever may make volumes: `docker volume create -o device=/dev/sda15`. */
static int
judge_media(const struct cc_bind_rules *rules, const struct cc_bind_subject *s, const struct cc_bind_spot *spot,
            struct cc_error *err)
{
  const struct cc_mount *root = cc_mountinfo_find(&rules->mounts, rules->places.root_mount);

  for (size_t i = 0; i < rules->mounts.count; i++)
    {
      const struct cc_mount *m = &rules->mounts.items[i];

      if (m->major != spot->major || m->minor != spot->minor
          || (root != NULL && m->major == root->major && m->minor == root->minor)
          || !(cc_path_is_under(spot->path, m->root) || cc_path_is_under(m->root, spot->path)))
        continue;
      for (size_t k = 0; k < rules->places.count; k++)
        if (rules->places.items[k].kind == CC_PLACE_MEDIUM && cc_path_is_under(m->point, rules->places.items[k].real))
          return refuse_holding(s, m->point, err);
    }
  return 0;
}

/* M, or what is below it, becomes visible; SPOT is the visible part. */
int
cc_bind_judge_mount(const struct cc_bind_rules *rules, const struct cc_bind_subject *s, const struct cc_mount *m,
                    const struct cc_bind_spot *spot, struct cc_error *err)
{
  if (m->id != rules->places.root_mount && cc_fstype_blocked(m->type))
    return cc_error_refuse(err, "bind-blocked", "bind of `%s`: `%s` is a mount of type %s; " INSTEAD, s->source,
                           m->point, m->type);
  /* Names that the mount's own path does not show: /home/a/.ssh bound to /mnt/x */
  if (strcmp(m->root, "/") != 0 && judge_names(rules, s, spot->path, err) < 0)
    return CC_FAILED;
  if (judge_spot(rules, s, spot, err) < 0)
    return CC_FAILED;
  return judge_media(rules, s, spot, err);
}

int
cc_bind_load_mounts(const struct cc_bind_rules *shared, struct cc_error *err)
{
  struct cc_bind_rules *rules = (struct cc_bind_rules *)shared;

  if (rules->mounts_loaded)
    return 0;
  if (cc_mountinfo_load(&rules->mounts, err) < 0)
    return CC_FAILED;
  cc_places_locate(&rules->places, &rules->mounts);
  rules->mounts_loaded = true;
  return 0;
}

static int
judge_mounts(const struct cc_bind_rules *rules, struct cc_bind_subject *s, struct cc_error *err)
{
  const struct cc_mount *own = cc_mountinfo_find(&rules->mounts, s->stx.stx_mnt_id);
  const char *rest = own != NULL ? cc_places_rest(s->path, own->point) : NULL;
  cc_auto_free char *path = NULL;
  struct cc_bind_spot spot;

  if (rest == NULL)
    return cc_error_refuse(err, "bind-blocked",
                           "bind of `%s`: its mount is not the one at `%s`; mount it in the host's own namespace",
                           s->source, s->path);
  path = cc_places_join(own->root, rest);
  spot = (struct cc_bind_spot){ own->major, own->minor, path };
  if (cc_bind_judge_mount(rules, s, own, &spot, err) < 0)
    return CC_FAILED;
  for (size_t i = 0; S_ISDIR(s->stx.stx_mode) && i < rules->mounts.count; i++)
    {
      const struct cc_mount *m = &rules->mounts.items[i];
      const char *below = m != own ? cc_places_rest(m->point, s->path) : NULL;

      if (below == NULL || below[0] == '\0')
        continue;
      s->submounts = true;
      spot = (struct cc_bind_spot){ m->major, m->minor, m->root };
      if (cc_bind_judge_mount(rules, s, m, &spot, err) < 0)
        return CC_FAILED;
    }
  return 0;
}

/* -- by kind of object -- */

static int
judge_type(const struct cc_bind_subject *s, int fd, struct cc_error *err)
{
  struct statx stx;

  if (S_ISDIR(s->stx.stx_mode))
    {
      for (size_t i = 0; i < sizeof(engine_sockets) / sizeof(engine_sockets[0]); i++)
        if (statx(fd, engine_sockets[i], AT_SYMLINK_NOFOLLOW, STATX_TYPE, &stx) == 0 && S_ISSOCK(stx.stx_mode))
          return refuse_holding(s, engine_sockets[i], err);
      return 0;
    }
  if (!S_ISREG(s->stx.stx_mode))
    return cc_error_refuse(err, "bind-type",
                           "bind of `%s`: it is a %s; only directories and regular files may be bound", s->source,
                           S_ISSOCK(s->stx.stx_mode)  ? "socket"
                           : S_ISBLK(s->stx.stx_mode) ? "block device"
                           : S_ISCHR(s->stx.stx_mode) ? "character device"
                                                      : "pipe");
  /* A second name of /etc/shadow has its device and inode, and no path tells that */
  if (s->stx.stx_nlink > 1)
    return cc_error_refuse(
        err, "bind-type",
        "bind of `%s`: it is a hard link, its other names may be in a blocked place; bind a copy of it, "
        "or its directory",
        s->source);
  return 0;
}

int
cc_bind_real_path(const struct cc_bind_subject *s, int fd, char **out, struct cc_error *err)
{
  cc_auto_free char *path = NULL;

  if (cc_fd_path(fd, &path) < 0)
    return cc_error_set(err, errno, "read the path of `%s`", s->source);
  /* "(unreachable)/x": outside this process's root; nlink 0: already unlinked */
  if (path[0] != '/' || s->stx.stx_nlink == 0)
    return cc_error_refuse(err, "bind-missing", "bind of `%s`: it has no path on this host any more; create it first",
                           s->source);
  *out = cc_move_ptr(path);
  return 0;
}

static int
open_source(const char *source, struct cc_error *err)
{
  int fd;

  if (source == NULL || source[0] != '/')
    return cc_error_refuse(err, "bind-missing", "bind of `%s`: not an absolute path; write the whole path",
                           source != NULL ? source : "");
  /* Follows links, as mount(2) does. Magic links (/proc/self/cwd) mean something else in another process. */
  fd = cc_openat2(AT_FDCWD, source, O_PATH, 0, RESOLVE_NO_MAGICLINKS);
  if (fd >= 0)
    return fd;
  if (errno == ENOENT || errno == ENOTDIR)
    /* Engines create what `-v` names before this; a runtime that does would create it where a link says
     * (CVE-2026-27523) */
    return cc_error_refuse(err, "bind-missing", "bind of `%s`: nothing is there; create it first", source);
  if (errno == ELOOP)
    return cc_error_refuse(err, "bind-blocked",
                           "bind of `%s`: it goes through a link of /proc or a loop of links; write the real path",
                           source);
  return cc_error_set(err, errno, "open the bind source `%s`", source);
}

static bool
needs_mounts(const struct cc_bind_rules *rules, const struct cc_bind_subject *s)
{
  return S_ISDIR(s->stx.stx_mode) || s->stx.stx_mnt_id != rules->places.root_mount || rules->places.aliased;
}

int
cc_bind_judge(const struct cc_bind_rules *rules, const char *source, bool read_only, struct cc_bind_source *out,
              struct cc_error *err)
{
  struct cc_bind_subject s = { .source = source, .read_only = read_only };
  cc_auto_close int fd = open_source(source, err);
  cc_auto_free char *path = NULL;

  if (fd < 0)
    return CC_FAILED;
  if (statx(fd, "", AT_EMPTY_PATH, CC_BIND_WANTED, &s.stx) < 0)
    return cc_error_set(err, errno, "stat `%s`", source);
  if (cc_bind_real_path(&s, fd, &path, err) < 0)
    return CC_FAILED;
  s.path = path;
  if (judge_path(rules, &s, err) < 0 || judge_sandbox(rules, &s, err) < 0 || judge_type(&s, fd, err) < 0
      || judge_identity(rules, &s, err) < 0)
    return CC_FAILED;
  if (needs_mounts(rules, &s) && (cc_bind_load_mounts(rules, err) < 0 || judge_mounts(rules, &s, err) < 0))
    return CC_FAILED;
  *out = (struct cc_bind_source){ .fd = cc_move_fd(&fd),
                                  .real_path = cc_move_ptr(path),
                                  .directory = S_ISDIR(s.stx.stx_mode),
                                  .submounts = s.submounts,
                                  .uid = s.stx.stx_uid,
                                  .gid = s.stx.stx_gid };
  return 0;
}

/* True when the first component of REST ("/a/b") is in the directory DIR, such as a link that leads nowhere. Who may
 * not look there is told by the path alone. */
static bool
is_in_the_way(int dir, const char *rest)
{
  cc_auto_free char *name = cc_xstrndup(rest + 1, strcspn(rest + 1, "/"));
  struct stat st;

  return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 || (errno != ENOENT && errno != EACCES);
}

/* The path that SOURCE would have, without links, when it is made below what is there: malloc'd. NULL when it cannot
 * be. */
static char *
future_path(const char *source)
{
  cc_auto_free char *clean = cc_path_clean(source), *real = NULL;
  size_t n = clean != NULL ? strlen(clean) : 0;

  while (n > 0)
    {
      cc_auto_free char *parent = NULL;
      cc_auto_close int fd = -1;

      while (n > 0 && clean[n - 1] != '/')
        n--;
      n -= n > 0;
      parent = cc_xstrndup(n > 0 ? clean : "/", n > 0 ? n : 1);
      fd = cc_openat2(AT_FDCWD, parent, O_PATH, 0, RESOLVE_NO_MAGICLINKS);
      if (fd >= 0)
        return cc_fd_path(fd, &real) == 0 && !is_in_the_way(fd, clean + n) ? cc_places_join(real, clean + n) : NULL;
    }
  return NULL;
}

int
cc_bind_judge_missing(const struct cc_bind_rules *rules, const char *source, bool read_only, struct cc_error *err)
{
  struct cc_bind_subject s = { .source = source, .read_only = read_only };
  cc_auto_free char *path = future_path(source);

  if (path == NULL)
    return cc_error_refuse(err, "bind-missing", "bind of `%s`: nothing is there; create it first", source);
  s.path = path;
  return judge_path(rules, &s, err) < 0 || judge_sandbox(rules, &s, err) < 0 ? CC_FAILED : 0;
}
