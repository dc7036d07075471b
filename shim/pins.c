#include "shim/pins.h"

#include "common/fd.h"
#include "common/own.h"
#include "shim/mount_options.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define STAGE_MODE "0711" /* the root of a container's user namespace must get to the sources */

int
cc_pins_add(struct cc_pins *pins, const struct cc_pin *pin, struct cc_error *err)
{
  cc_auto_close int fd = pin->fd;
  cc_auto_free char *rest = pin->rest;
  struct cc_pin own = *pin;
  struct statx stx;

  if (statx(fd, "", AT_EMPTY_PATH, STATX_INO, &stx) < 0)
    return cc_error_set(err, errno, "stat the source of a mount");
  own.fd = cc_move_fd(&fd);
  own.rest = cc_move_ptr(rest);
  own.major = stx.stx_dev_major;
  own.minor = stx.stx_dev_minor;
  own.ino = stx.stx_ino;
  pins->items = cc_xrealloc(pins->items, (pins->count + 1) * sizeof(*pins->items));
  pins->items[pins->count++] = own;
  return 0;
}

const struct cc_pin *
cc_pins_find(const struct cc_pins *pins, const struct cc_jval *mount)
{
  for (size_t i = 0; i < pins->count; i++)
    if (pins->items[i].mount == mount)
      return &pins->items[i];
  return NULL;
}

void
cc_pins_clear(struct cc_pins *pins)
{
  for (size_t i = 0; i < pins->count; i++)
    {
      cc_cleanup_close(&pins->items[i].fd);
      free(pins->items[i].rest);
    }
  free(pins->items);
  *pins = (struct cc_pins)CC_PINS_INIT;
}

/* -- copies -- */

static const char *
name_of(const struct cc_pin *pin)
{
  const char *source = pin->mount != NULL ? cc_jget_str(pin->mount, "source") : NULL;

  return source != NULL ? source : "root.path";
}

static bool
is_recursive(const struct cc_pin *pin)
{
  return pin->mount == NULL || cc_jarray_has(cc_jget(pin->mount, "options"), "rbind");
}

/* What a low-level runtime would set, and does not where it never sees the mount, or not below it. */
static const struct
{
  const char *word;
  uint64_t set, clear;
} words[] = {
  { "noexec", MOUNT_ATTR_NOEXEC, 0 },
  { "rnoexec", MOUNT_ATTR_NOEXEC, 0 },
  { "nosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0 },
  { "rnosymfollow", MOUNT_ATTR_NOSYMFOLLOW, 0 },
  { "noatime", MOUNT_ATTR_NOATIME, MOUNT_ATTR__ATIME },
  { "strictatime", MOUNT_ATTR_STRICTATIME, MOUNT_ATTR__ATIME },
  { "nodiratime", MOUNT_ATTR_NODIRATIME, 0 },
};

/* What the policy demands of the mount itself already holds in the copy, and in whatever is mounted below it: a
 * low-level runtime changes the uppermost mount only. The image's own programs may be setuid, which no_new_privs makes
 * harmless, so the root filesystem stays as it is. */
static struct mount_attr
attributes_of(const struct cc_pin *pin)
{
  const struct cc_jval *options = pin->mount != NULL ? cc_jget(pin->mount, "options") : NULL;
  struct mount_attr attr = { .propagation = MS_PRIVATE };

  if (pin->mount != NULL)
    attr.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  if (pin->read_only)
    attr.attr_set |= MOUNT_ATTR_RDONLY;
  for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
    if ((pin->below != NULL || words[i].word[0] == 'r') && cc_jarray_has(options, words[i].word))
      {
        attr.attr_set |= words[i].set;
        attr.attr_clr |= words[i].clear;
      }
  return attr;
}

/* A detached mount of the pinned object. It must be made in the namespace that the descriptor comes from. */
static int
copy(const struct cc_pin *pin, struct cc_error *err)
{
  unsigned recursive = is_recursive(pin) ? AT_RECURSIVE : 0;
  struct mount_attr attr = attributes_of(pin);
  cc_auto_close int tree = open_tree(pin->fd, "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | recursive);

  if (tree < 0)
    return cc_error_set(err, errno, "copy the mount of `%s`", name_of(pin));
  if (mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) < 0)
    return cc_error_set(err, errno, "restrict the mount of `%s` (mount_setattr, Linux 5.12)", name_of(pin));
  return cc_move_fd(&tree);
}

static void
close_all(int *fds, size_t count)
{
  for (size_t i = 0; i < count; i++)
    cc_cleanup_close(&fds[i]);
  free(fds);
}

static int
copy_all(const struct cc_pins *pins, int **out, struct cc_error *err)
{
  int *trees = cc_xcalloc(pins->count, sizeof(*trees));

  for (size_t i = 0; i < pins->count; i++)
    {
      trees[i] = copy(&pins->items[i], err);
      if (trees[i] < 0)
        {
          close_all(trees, i);
          return CC_FAILED;
        }
    }
  *out = trees;
  return 0;
}

/* -- the stage -- */

/* Slaves: an engine that unmounts something meanwhile must not find it held here. */
static int
enter_own_namespace(struct cc_error *err)
{
  struct mount_attr attr = { .propagation = MS_SLAVE };

  if (unshare(CLONE_NEWNS) < 0)
    return cc_error_set(err, errno, "make a mount namespace for the sources");
  if (mount_setattr(AT_FDCWD, "/", AT_RECURSIVE, &attr, sizeof(attr)) < 0)
    return cc_error_set(err, errno, "part the mount namespace of the sources from the host's");
  return 0;
}

static int
open_stage(const char *path, struct cc_error *err)
{
  int fd;

  if (mount("closedclaw", path, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=" STAGE_MODE) < 0)
    return cc_error_set(err, errno, "mount a tmpfs at `%s` for the sources", path);
  fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  return fd >= 0 ? fd : cc_error_set(err, errno, "open `%s`", path);
}

static int
make_mount_point(int stage, const char *name, int tree)
{
  struct statx stx;
  int fd;

  if (statx(tree, "", AT_EMPTY_PATH, STATX_TYPE, &stx) < 0)
    return -1;
  if (S_ISDIR(stx.stx_mode))
    return mkdirat(stage, name, 0700);
  fd = openat(stage, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    return -1;
  close(fd);
  return 0;
}

static int
stage_one(const struct cc_pin *pin, int stage, const char *path, size_t number, int tree, struct cc_json *doc,
          struct cc_error *err)
{
  cc_auto_free char *staged = cc_xasprintf("%s/%zu", path, number);
  const char *name = staged + strlen(path) + 1;

  if (make_mount_point(stage, name, tree) < 0 || move_mount(tree, "", stage, name, MOVE_MOUNT_F_EMPTY_PATH) < 0)
    return cc_error_set(err, errno, "stage the mount of `%s`", name_of(pin));
  if (pin->mount != NULL)
    cc_jset_str(doc, pin->mount, "source", staged);
  else
    cc_jset_str(doc, cc_jget(cc_json_root(doc), "root"), "path", staged);
  return 0;
}

/* -- mounts in mounts -- */

/* The name NAME below DIRFD, made when it is not there. A descriptor, or -1 with errno. */
static int
open_or_make(int dirfd, const char *name, bool directory)
{
  int fd = cc_openat2(dirfd, name, O_PATH, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);

  if (fd >= 0 || errno != ENOENT)
    return fd;
  if (directory)
    {
      if (mkdirat(dirfd, name, 0755) < 0 && errno != EEXIST)
        return -1;
    }
  else
    {
      fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
      if (fd < 0 && errno != EEXIST)
        return -1;
      cc_cleanup_close(&fd);
    }
  return cc_openat2(dirfd, name, O_PATH, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

static int
open_point(int tree, const char *rest, bool directory)
{
  cc_auto_close int at = fcntl(tree, F_DUPFD_CLOEXEC, 3);

  while (at >= 0)
    {
      size_t n = strcspn(rest, "/");
      cc_auto_free char *name = cc_xstrndup(rest, n);
      int next = open_or_make(at, name, directory || rest[n] == '/');

      cc_cleanup_close(&at);
      at = next;
      if (rest[n] == '\0')
        return cc_move_fd(&at);
      rest += n + 1;
    }
  return -1;
}

static size_t
index_of(const struct cc_pins *pins, const struct cc_jval *mount)
{
  size_t i = 0;

  while (i < pins->count && pins->items[i].mount != mount)
    i++;
  return i;
}

/* The mount that carries others now: they go with it only when it is recursive, and what is asked for it alone must not
 * reach them. Its own copy is read-only already, with everything below. */
static void
carry(struct cc_json *doc, struct cc_jval *mount)
{
  static const char *const alone[][2]
      = { { "rro", "ro" }, { "rnoexec", "noexec" }, { "rnosymfollow", "nosymfollow" }, { "bind", "rbind" } };
  struct cc_jval *options = cc_jneed_array(doc, mount, "options");

  for (size_t i = 0; i < sizeof(alone) / sizeof(alone[0]); i++)
    if (cc_jarray_has(options, alone[i][0]))
      {
        cc_mount_remove(options, alone[i][0]);
        if (!cc_jarray_has(options, alone[i][1]))
          cc_jappend_str(doc, options, alone[i][1]);
      }
  if (!cc_jarray_has(options, "rbind"))
    cc_jappend_str(doc, options, "rbind");
}

static int
attach_below(const struct cc_pins *pins, size_t i, const int *trees, struct cc_json *doc, struct cc_error *err)
{
  const struct cc_pin *pin = &pins->items[i];
  size_t parent = index_of(pins, pin->below);
  cc_auto_close int point = -1;
  struct statx stx;

  if (statx(trees[i], "", AT_EMPTY_PATH, STATX_TYPE, &stx) < 0)
    return cc_error_set(err, errno, "stat the mount of `%s`", name_of(pin));
  point = open_point(trees[parent], pin->rest, S_ISDIR(stx.stx_mode));
  if (point < 0 && (errno == ELOOP || errno == EXDEV))
    return cc_error_refuse(err, "bind-target",
                           "mount at `%s`: a symbolic link of another mount leads elsewhere; choose another target",
                           cc_jget_str(pin->mount, "destination"));
  if (point < 0 || move_mount(trees[i], "", point, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
    return cc_error_set(err, errno, "mount `%s` at `%s`, in another mount", name_of(pin),
                        cc_jget_str(pin->mount, "destination"));
  carry(doc, pins->items[parent].mount);
  cc_jremove(cc_jget(cc_json_root(doc), "mounts"), pin->mount);
  return 0;
}

/* -- the configuration in the namespace -- */

static int
write_config(int stage, struct cc_json *doc, const struct stat *like, struct cc_error *err)
{
  cc_auto_free char *text = NULL;
  size_t length;

  if (cc_json_write(cc_json_root(doc), &text, &length, err) < 0)
    return CC_FAILED;
  return cc_replace_file_at(stage, "config.json", text, length, like->st_mode, like->st_uid, like->st_gid, err);
}

/* Over the bundle's own, which engines read again (`podman inspect`) and which keeps the sources that they know. */
static int
cover_config(int stage, struct cc_json *doc, const char *bundle, struct cc_error *err)
{
  cc_auto_free char *path = cc_xasprintf("%s/config.json", bundle);
  cc_auto_close int tree = -1, target = open(path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  struct stat st;

  if (target < 0 || fstat(target, &st) < 0)
    return cc_error_set(err, errno, "open `%s`", path);
  if (write_config(stage, doc, &st, err) < 0)
    return CC_FAILED;
  tree = open_tree(stage, "config.json", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
  if (tree < 0 || move_mount(tree, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0)
    return cc_error_set(err, errno, "lay the staged configuration over `%s`", path);
  return 0;
}

static int
stage_all(const struct cc_pins *pins, const int *trees, struct cc_json *doc, const char *bundle, const char *path,
          struct cc_error *err)
{
  cc_auto_close int stage = -1;

  if (enter_own_namespace(err) < 0)
    return CC_FAILED;
  stage = open_stage(path, err);
  if (stage < 0)
    return CC_FAILED;
  for (size_t i = 0; i < pins->count; i++)
    if ((pins->items[i].below != NULL ? attach_below(pins, i, trees, doc, err)
                                      : stage_one(&pins->items[i], stage, path, i, trees[i], doc, err))
        < 0)
      return CC_FAILED;
  return cover_config(stage, doc, bundle, err);
}

int
cc_pins_stage(const struct cc_pins *pins, struct cc_json *doc, const char *bundle, const char *stage,
              struct cc_error *err)
{
  int *trees = NULL;
  int result;

  if (pins->count == 0)
    return 0;
  if (copy_all(pins, &trees, err) < 0)
    return CC_FAILED;
  result = stage_all(pins, trees, doc, bundle, stage, err);
  close_all(trees, pins->count);
  return result;
}
