#include "shim/pins.h"

#include "common/fd.h"
#include "common/own.h"
#include "shim/mount_options.h"

#include <errno.h>
#include <fcntl.h>
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
  struct cc_pin own = *pin;
  struct statx stx;

  if (statx(fd, "", AT_EMPTY_PATH, STATX_INO, &stx) < 0)
    return cc_error_set(err, errno, "stat the source of a mount");
  own.fd = cc_move_fd(&fd);
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
    cc_cleanup_close(&pins->items[i].fd);
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

/* What the policy demands of the mount itself already holds in the copy, and in whatever is mounted below it: a
 * low-level runtime changes the uppermost mount only. The image's own programs may be setuid, which no_new_privs makes
 * harmless, so the root filesystem stays as it is. */
static struct mount_attr
attributes_of(const struct cc_pin *pin)
{
  const struct cc_jval *options = pin->mount != NULL ? cc_jget(pin->mount, "options") : NULL;
  bool slave = cc_jarray_has(options, "slave") || cc_jarray_has(options, "rslave");
  struct mount_attr attr = { .propagation = slave ? MS_SLAVE : MS_PRIVATE };

  if (pin->mount != NULL)
    attr.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  if (pin->read_only)
    attr.attr_set |= MOUNT_ATTR_RDONLY;
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
    if (stage_one(&pins->items[i], stage, path, i, trees[i], doc, err) < 0)
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
