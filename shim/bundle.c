#include "shim/bundle.h"

#include "common/fd.h"
#include "common/own.h"
#include "shim/shape.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The absolute path of the open FD, malloc'd. */
static int
path_of(int fd, char **out, struct cc_error *err)
{
  char link[64], path[4096];
  ssize_t n;

  snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  n = readlink(link, path, sizeof(path) - 1);
  if (n < 0 || n == (ssize_t)sizeof(path) - 1 || path[0] != '/')
    return cc_error_set(err, n < 0 ? errno : ENAMETOOLONG, "name the bundle directory");
  path[n] = '\0';
  *out = cc_xstrdup(path);
  return 0;
}

static int
check_private(const struct stat *st, const char *what, struct cc_error *err)
{
  if (cc_is_private(st))
    return 0;
  return cc_error_refuse(err, "bundle",
                         "%s: others than its owner may change it; it must be yours or root's, mode go-w", what);
}

/* The low-level runtime opens the bundle again by its path, so nobody else may put another directory there: neither the
 * ones above it may be renamed by others. A sticky one (/tmp) lets only the owner rename. In a user namespace, the
 * host's root has the id that owns "/". */
static int
check_parents(const char *path, struct cc_error *err)
{
  cc_auto_free char *part = cc_xstrdup(path);
  struct stat st, top;
  char *slash;

  if (lstat("/", &top) < 0)
    return cc_error_set(err, errno, "stat `/`");
  while ((slash = strrchr(part, '/')) != NULL && part[1] != '\0')
    {
      slash[slash == part ? 1 : 0] = '\0';
      if (lstat(part, &st) < 0)
        return cc_error_set(err, errno, "stat `%s`", part);
      if ((st.st_uid != 0 && st.st_uid != geteuid() && st.st_uid != top.st_uid)
          || ((st.st_mode & (st.st_gid == 0 ? S_IWOTH : S_IWGRP | S_IWOTH)) != 0 && (st.st_mode & S_ISVTX) == 0))
        return cc_error_refuse(
            err, "bundle",
            "the bundle is below `%s`, where others than its owner may put another one in its place; "
            "move it, or make the directory yours or root's, mode go-w",
            part);
    }
  return 0;
}

static void
open_rootfs(struct cc_bundle *b)
{
  const char *path = cc_jstr(cc_jpath(cc_json_root(b->doc), "root.path"));

  b->rootfs_fd = openat(b->fd, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

static int
open_bundle(const char *path, struct cc_bundle *b, struct cc_error *err)
{
  cc_auto_free char *text = NULL;
  struct stat st;
  size_t length;

  b->fd = open(path != NULL ? path : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (b->fd < 0 || fstat(b->fd, &st) < 0)
    return cc_error_set(err, errno, "open bundle `%s`", path != NULL ? path : ".");
  if (check_private(&st, "the bundle directory", err) < 0 || path_of(b->fd, &b->path, err) < 0
      || check_parents(b->path, err) < 0
      || cc_read_file_at(b->fd, "config.json", CC_JSON_MAX_SIZE, &text, &length, &b->st, err) < 0
      || check_private(&b->st, "config.json", err) < 0 || cc_json_parse(text, length, "config.json", &b->doc, err) < 0
      || cc_shape_config(cc_json_root(b->doc), err) < 0)
    return CC_FAILED;
  open_rootfs(b);
  return 0;
}

int
cc_bundle_open(const char *path, struct cc_bundle *out, struct cc_error *err)
{
  struct cc_bundle b = CC_BUNDLE_INIT;

  if (open_bundle(path, &b, err) < 0)
    {
      cc_bundle_close(&b);
      return CC_FAILED;
    }
  *out = b;
  return 0;
}

int
cc_bundle_save(const struct cc_bundle *b, struct cc_error *err)
{
  cc_auto_free char *text = NULL;
  cc_auto_close int dirfd = openat(b->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  size_t length;

  if (dirfd < 0)
    return cc_error_set(err, errno, "open the bundle directory");
  if (cc_json_write(cc_json_root(b->doc), &text, &length, err) < 0)
    return CC_FAILED;
  return cc_replace_file_at(dirfd, "config.json", text, length, b->st.st_mode, b->st.st_uid, b->st.st_gid, err);
}

void
cc_bundle_close(struct cc_bundle *b)
{
  cc_cleanup_close(&b->fd);
  cc_cleanup_close(&b->rootfs_fd);
  free(b->path);
  cc_json_free(b->doc);
  *b = (struct cc_bundle)CC_BUNDLE_INIT;
}
