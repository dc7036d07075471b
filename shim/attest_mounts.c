#include "shim/attest_internal.h"

#include "common/fd.h"
#include "common/own.h"
#include "common/path.h"
#include "policy/mountinfo.h"
#include "shim/attest_view.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))
#define WANTED (STATX_TYPE | STATX_INO | STATX_MNT_ID)

struct mounts
{
  const struct cc_attest *a;
  struct cc_view view;
};

/* -- objects -- */

/* What is at PATH of the container. RESOLVE says how its links are taken: never outside the container's root, and never
 * by a magic link, so an image may hold what it likes. A server that does not answer is not asked. Returns the
 * descriptor, or -1 with errno. */
static int
open_inside(const struct mounts *m, const char *path, uint64_t resolve, struct statx *stx)
{
  cc_auto_close int fd = cc_openat2(m->a->root, path, O_PATH, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve);

  if (fd < 0 || statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, WANTED, stx) < 0)
    return -1;
  return cc_move_fd(&fd);
}

static bool
is_null_device(const struct statx *stx)
{
  return S_ISCHR(stx->stx_mode) && stx->stx_rdev_major == 1 && stx->stx_rdev_minor == 3;
}

static bool
is_empty_directory(int fd)
{
  int copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);
  DIR *dir = copy >= 0 ? fdopendir(copy) : NULL;
  const struct dirent *entry;
  bool empty = dir != NULL;

  if (dir == NULL)
    {
      cc_cleanup_close(&copy);
      return false;
    }
  while (empty && (entry = readdir(dir)) != NULL)
    empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
  closedir(dir);
  return empty;
}

/* -- flags -- */

static const struct
{
  unsigned flag;
  const char *word;
} flag_words[] = {
  { CC_MOUNT_RO, "ro" },
  { CC_MOUNT_NOSUID, "nosuid" },
  { CC_MOUNT_NODEV, "nodev" },
  { CC_MOUNT_NOEXEC, "noexec" },
};

static int
compare_flags(const struct cc_mount *mount, unsigned flags, struct cc_error *err)
{
  for (size_t i = 0; i < N_ELEMENTS(flag_words); i++)
    if ((flags & flag_words[i].flag) != 0 && !cc_mountinfo_has(mount->options, flag_words[i].word))
      return cc_attest_differs(err, "mount at `%s`: it is not `%s`, but `%s`", mount->point, flag_words[i].word,
                               mount->options);
  return 0;
}

/* -- the root filesystem -- */

static int
compare_root(struct mounts *m, struct cc_error *err)
{
  const struct cc_expect *e = m->a->expect;
  const struct cc_mount *mount = m->view.lines[m->view.root].mount;
  struct statx stx;

  m->view.lines[m->view.root].explained = true;
  m->view.lines[m->view.root].below = e->below_root;
  if (statx(m->a->root, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, WANTED, &stx) < 0)
    return cc_error_set(err, errno, "stat the root directory");
  if (stx.stx_dev_major != e->root.major || stx.stx_dev_minor != e->root.minor || stx.stx_ino != e->root.ino)
    return cc_attest_differs(err, "root filesystem: it is device %u:%u inode %" PRIu64 ", not %u:%u inode %" PRIu64,
                             stx.stx_dev_major, stx.stx_dev_minor, (uint64_t)stx.stx_ino, e->root.major, e->root.minor,
                             e->root.ino);
  if (!m->view.lines[m->view.root].seen)
    return cc_attest_differs(err, "mount at `/`: something covers the root filesystem");
  return compare_flags(mount, e->root_read_only ? CC_MOUNT_RO : 0, err);
}

/* -- what was configured -- */

/* The object where the mount must be, without any link on the way; and that the way by the image's links ends there. */
static int
compare_bind(const struct mounts *m, const struct cc_expect_mount *e, const struct cc_mount *mount,
             struct cc_error *err)
{
  struct statx stx, by_link;
  cc_auto_close int fd = open_inside(m, e->place, RESOLVE_NO_SYMLINKS, &stx), other = -1;

  if (fd < 0 || stx.stx_mnt_id != mount->id)
    return cc_attest_differs(err, "mount at `%s`: another one came while it was looked at", e->place);
  if (stx.stx_dev_major != e->object.major || stx.stx_dev_minor != e->object.minor || stx.stx_ino != e->object.ino)
    return cc_attest_differs(
        err, "mount at `%s`: it is device %u:%u inode %" PRIu64 ", not %u:%u inode %" PRIu64 ", which was judged",
        e->place, stx.stx_dev_major, stx.stx_dev_minor, (uint64_t)stx.stx_ino, e->object.major, e->object.minor,
        e->object.ino);
  if (strcmp(e->destination, e->place) == 0)
    return 0;
  other = open_inside(m, e->destination, 0, &by_link);
  if (other < 0 || by_link.stx_mnt_id != stx.stx_mnt_id || by_link.stx_ino != stx.stx_ino)
    return cc_attest_differs(err, "mount at `%s`: what is there is not the mount at `%s`", e->destination, e->place);
  return 0;
}

/* The filesystems that show a namespace: the host's own instance must not be the container's. */
static const struct
{
  const char *type, *hosts;
} namespace_types[] = { { "proc", "/proc" }, { "sysfs", "/sys" } };

static bool
is_the_hosts(const struct cc_mount *mount)
{
  struct statx stx;

  for (size_t i = 0; i < N_ELEMENTS(namespace_types); i++)
    if (strcmp(namespace_types[i].type, mount->type) == 0)
      return statx(AT_FDCWD, namespace_types[i].hosts, AT_STATX_DONT_SYNC, STATX_INO, &stx) == 0
             && stx.stx_dev_major == mount->major && stx.stx_dev_minor == mount->minor;
  return false;
}

/* The value of the option KEY ("size=") of a filesystem, or NULL. */
static const char *
value_of(const char *options, const char *key)
{
  for (const char *p = options; p != NULL; p = strchr(p, ',') != NULL ? strchr(p, ',') + 1 : NULL)
    if (strncmp(p, key, strlen(key)) == 0)
      return p + strlen(key);
  return NULL;
}

/* The size of the tmpfs MOUNT in KiB, 0 without limit. The kernel writes it as an option, rounded up to whole pages,
 * but not when it is the default, half of the memory (mm/shmem.c, shmem_show_options()). */
static int
size_of(const struct mounts *m, const struct cc_expect_mount *e, const struct cc_mount *mount, uint64_t *kib,
        struct cc_error *err)
{
  const char *text = value_of(mount->super, "size=");
  struct statfs fs;
  struct statx stx;
  cc_auto_close int fd = -1;

  if (text != NULL)
    {
      *kib = strtoull(text, NULL, 10);
      return 0;
    }
  fd = open_inside(m, e->place, RESOLVE_NO_SYMLINKS, &stx);
  if (fd < 0 || stx.stx_mnt_id != mount->id)
    return cc_attest_differs(err, "mount at `%s`: another one came while it was looked at", e->place);
  if (fstatfs(fd, &fs) < 0)
    return cc_error_set(err, errno, "look at the size of `%s` of the container", e->place);
  *kib = (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize >> 10;
  return 0;
}

/* Pages are of at most 64 KiB. */
static int
compare_size(const struct mounts *m, const struct cc_expect_mount *e, const struct cc_mount *mount,
             struct cc_error *err)
{
  uint64_t kib = 0;

  if (e->size == 0)
    return 0;
  if (size_of(m, e, mount, &kib, err) < 0)
    return CC_FAILED;
  if (kib > 0 && kib <= (e->size >> 10) + 64)
    return 0;
  return cc_attest_differs(err, "tmpfs at `%s`: its size is %" PRIu64 " KiB (0: without limit), not %" PRIu64, e->place,
                           kib, e->size >> 10);
}

static bool
is_cgroup_type(const char *type)
{
  return strcmp(type, "cgroup") == 0 || strcmp(type, "cgroup2") == 0;
}

/* The hierarchy that MOUNT shows: of version 1 its options name the controllers. */
static bool
is_hierarchy(const struct cc_attest_group *group, const struct cc_mount *mount)
{
  cc_auto_free char *first = cc_xstrndup(group->controllers, strcspn(group->controllers, ","));

  return first[0] == '\0' ? strcmp(mount->type, "cgroup2") == 0
                          : strcmp(mount->type, "cgroup") == 0 && cc_mountinfo_has(mount->super, first);
}

/* What a cgroup mount shows is the process's own group, and only to read. On version 1 a tmpfs holds one mount for each
 * hierarchy, and nothing of its own. */
static int
compare_cgroup(const struct mounts *m, const struct cc_mount *mount, struct cc_error *err)
{
  const unsigned flags = CC_MOUNT_RO | CC_MOUNT_NOSUID | CC_MOUNT_NODEV | CC_MOUNT_NOEXEC;

  for (size_t i = 0; i < m->a->group_count; i++)
    if (strcmp(m->a->groups[i].path, mount->root) == 0 && is_hierarchy(&m->a->groups[i], mount))
      return compare_flags(mount, flags, err);
  return cc_attest_differs(err, "cgroup mount at `%s`: it shows `%s`, which is not the container's cgroup",
                           mount->point, mount->root);
}

static int
compare_filesystem(struct mounts *m, const struct cc_expect_mount *e, const struct cc_mount *mount,
                   struct cc_error *err)
{
  const char *type = is_cgroup_type(e->type) && strcmp(mount->type, "tmpfs") == 0 ? "tmpfs" : e->type;

  if (is_cgroup_type(e->type) && is_cgroup_type(mount->type))
    return compare_cgroup(m, mount, err);
  if (strcmp(mount->type, type) != 0 || strcmp(mount->root, "/") != 0)
    return cc_attest_differs(err, "mount at `%s`: it is `%s` of a filesystem of type %s, not a whole %s", e->place,
                             mount->root, mount->type, type);
  if (is_the_hosts(mount))
    return cc_attest_differs(err, "mount at `%s`: it is the host's %s, not one of the container's own", e->place, type);
  return compare_size(m, e, mount, err);
}

/* A later mount of the configuration lies over the place of the mount number I. */
static bool
is_covered_later(const struct mounts *m, size_t i)
{
  const struct cc_expect *e = m->a->expect;

  for (size_t k = i + 1; k < e->mount_count; k++)
    if (cc_path_is_under(e->mounts[i].place, e->mounts[k].place) && cc_view_find(&m->view, e->mounts[k].place) != NULL)
      return true;
  return false;
}

static bool
has(const struct cc_strings *strings, const char *s)
{
  for (size_t i = 0; i < strings->count; i++)
    if (strcmp(strings->items[i], s) == 0)
      return true;
  return false;
}

static int
compare_mount(struct mounts *m, size_t i, struct cc_error *err)
{
  const struct cc_expect_mount *e = &m->a->expect->mounts[i];
  struct cc_view_line *line = cc_view_find(&m->view, e->place);
  unsigned flags = e->flags;

  if (is_covered_later(m, i) || has(&m->a->expect->masked, e->place))
    return 0;
  if (line == NULL)
    return cc_attest_differs(err, "mount at `%s`: there is none", e->place);
  line->explained = true;
  line->below = e->below;
  line->below_flags = e->below_flags;
  /* of version 1 the hierarchies are read-only, each for itself */
  if (is_cgroup_type(e->type) && strcmp(line->mount->type, "tmpfs") == 0)
    {
      line->cgroups = true;
      flags &= ~(unsigned)CC_MOUNT_RO;
    }
  if ((e->type[0] == '\0' ? compare_bind(m, e, line->mount, err) : compare_filesystem(m, e, line->mount, err)) < 0)
    return CC_FAILED;
  return compare_flags(line->mount, flags, err);
}

/* -- paths that are hidden or read-only -- */

/* The mount that has what is at PATH: 0 and *LINE (NULL when there is nothing), or negative. *ROOT: it begins there. */
static int
find_holder(struct mounts *m, const char *path, struct cc_view_line **line, bool *root, struct cc_error *err)
{
  struct statx stx;
  cc_auto_close int fd = -1;

  *root = true;
  *line = cc_view_find(&m->view, path);
  if (*line != NULL)
    return 0;
  fd = open_inside(m, path, 0, &stx);
  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
    return 0;
  if (fd < 0)
    return cc_error_set(err, errno, "look at `%s` of the container", path);
  *root = (stx.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
  *line = cc_view_by_id(&m->view, stx.stx_mnt_id);
  return *line != NULL ? 0 : cc_attest_differs(err, "`%s`: a mount came while it was looked at", path);
}

/* runc and crun hide a file by /dev/null, and a directory by a read-only tmpfs; crun 1.28 by one empty directory for
 * all. */
static int
compare_masked(struct mounts *m, const char *path, struct cc_error *err)
{
  struct cc_view_line *line;
  struct statx stx;
  bool root;
  cc_auto_close int fd = -1;

  if (find_holder(m, path, &line, &root, err) < 0)
    return CC_FAILED;
  if (line == NULL)
    return 0;
  fd = root ? open_inside(m, line->mount->point, RESOLVE_NO_SYMLINKS, &stx) : -1;
  if (fd >= 0 && stx.stx_mnt_id == line->mount->id
      && (is_null_device(&stx)
          || (S_ISDIR(stx.stx_mode) && cc_mountinfo_has(line->mount->options, "ro") && is_empty_directory(fd))))
    {
      line->explained = true;
      return 0;
    }
  return cc_attest_differs(err, "`%s`: it is to be hidden, and can be seen", path);
}

static int
compare_read_only(struct mounts *m, const char *path, struct cc_error *err)
{
  const struct cc_view_line *parent;
  struct cc_view_line *line;
  bool root;

  if (find_holder(m, path, &line, &root, err) < 0)
    return CC_FAILED;
  if (line == NULL)
    return 0;
  if (!cc_mountinfo_has(line->mount->options, "ro"))
    return cc_attest_differs(err, "`%s`: it is to be read-only, and is `%s`", path, line->mount->options);
  /* a part of what is there anyway, not something else that is laid over it */
  parent = cc_view_by_id(&m->view, line->mount->parent);
  if (root && parent != NULL && parent->mount->major == line->mount->major
      && parent->mount->minor == line->mount->minor)
    line->explained = true;
  return 0;
}

/* -- what runtimes mount by themselves -- */

/* A terminal of the container's own /dev/pts. */
static bool
is_console(const struct mounts *m, const struct cc_mount *mount)
{
  const struct cc_view_line *pts = cc_view_find(&m->view, "/dev/pts");

  return m->a->expect->terminal && strcmp(mount->point, "/dev/console") == 0 && strcmp(mount->type, "devpts") == 0
         && pts != NULL && pts->mount->major == mount->major && pts->mount->minor == mount->minor;
}

/* In a user namespace nobody may make device nodes, so runtimes bind the host's. */
static bool
is_device(const struct mounts *m, const struct cc_mount *mount)
{
  const struct cc_expect *e = m->a->expect;

  for (size_t i = 0; i < e->device_count; i++)
    if (strcmp(e->devices[i].path, mount->point) == 0)
      {
        struct statx stx;
        cc_auto_close int fd = open_inside(m, mount->point, RESOLVE_NO_SYMLINKS, &stx);

        return fd >= 0 && stx.stx_mnt_id == mount->id && (S_ISCHR(stx.stx_mode) || S_ISBLK(stx.stx_mode))
               && stx.stx_rdev_major == e->devices[i].major && stx.stx_rdev_minor == e->devices[i].minor;
      }
  return false;
}

/* The mount that LINE lies below, and that may have others below it. */
static const struct cc_view_line *
allowing(const struct mounts *m, const struct cc_mount *mount)
{
  const struct cc_view_line *found = NULL;

  for (size_t i = 0; i < m->view.count; i++)
    {
      const struct cc_view_line *line = &m->view.lines[i];

      if (line->explained && line->below && cc_path_is_under(mount->point, line->mount->point)
          && (found == NULL || strlen(line->mount->point) > strlen(found->mount->point)))
        found = line;
    }
  return found;
}

static int
explain(struct mounts *m, const struct cc_view_line *line, struct cc_error *err)
{
  const struct cc_view_line *parent = cc_view_by_id(&m->view, line->mount->parent), *allows;

  if (is_console(m, line->mount) || is_device(m, line->mount))
    return 0;
  if (parent != NULL && parent->cgroups && is_cgroup_type(line->mount->type))
    return compare_cgroup(m, line->mount, err);
  allows = allowing(m, line->mount);
  if (allows != NULL)
    return compare_flags(line->mount, allows->below_flags, err);
  if (m->a->expect->hooks)
    return 0;
  return cc_attest_differs(err, "mount at `%s`: nobody asked for it (`%s` of a filesystem of type %s)",
                           line->mount->point, line->mount->root, line->mount->type);
}

static int
explain_all(struct mounts *m, struct cc_error *err)
{
  for (size_t i = 0; i < m->view.count; i++)
    {
      const struct cc_view_line *line = &m->view.lines[i];

      if (!line->seen)
        continue;
      if (line->mount->shared)
        return cc_attest_differs(err, "mount at `%s`: it hands mounts on to others (shared)", line->mount->point);
      if (!line->explained && explain(m, line, err) < 0)
        return CC_FAILED;
    }
  return 0;
}

/* CVE-2024-21626: through a working directory of the host's everything of it can be reached. */
static int
compare_cwd(const struct mounts *m, struct cc_error *err)
{
  struct statx stx;

  if (statx(m->a->proc, "cwd", AT_STATX_DONT_SYNC, STATX_MNT_ID, &stx) < 0)
    return cc_error_set(err, errno, "stat the working directory");
  if (cc_view_by_id(&m->view, stx.stx_mnt_id) == NULL)
    return cc_attest_differs(err, "working directory of its process: it is not in the container");
  return 0;
}

static int
compare_all(struct mounts *m, struct cc_error *err)
{
  const struct cc_expect *e = m->a->expect;

  if (compare_root(m, err) < 0 || compare_cwd(m, err) < 0)
    return CC_FAILED;
  for (size_t i = 0; i < e->mount_count; i++)
    if (compare_mount(m, i, err) < 0)
      return CC_FAILED;
  for (size_t i = 0; i < e->masked.count; i++)
    if (compare_masked(m, e->masked.items[i], err) < 0)
      return CC_FAILED;
  for (size_t i = 0; i < e->read_only.count; i++)
    if (compare_read_only(m, e->read_only.items[i], err) < 0)
      return CC_FAILED;
  return explain_all(m, err);
}

int
cc_attest_mounts(struct cc_attest *a, struct cc_error *err)
{
  struct mounts m = { .a = a };
  int result;

  if (cc_view_load(a, &m.view, err) < 0)
    return CC_FAILED;
  result = compare_all(&m, err);
  cc_view_clear(&m.view);
  return result;
}
