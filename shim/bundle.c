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
  cc_auto_free char *path = NULL;

  if (cc_fd_path(fd, &path) < 0)
    return cc_error_set(err, errno, "name the bundle directory");
  if (path[0] != '/')
    return cc_error_set(err, ENOENT, "name the bundle directory");
  *out = cc_move_ptr(path);
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

/* A link leads where its target's owner wants, and a pipe says something else to each reader. */
static int
check_plain(int fd, struct cc_error *err)
{
  struct stat st;

  if (fstatat(fd, "config.json", &st, AT_SYMLINK_NOFOLLOW) < 0 || S_ISREG(st.st_mode))
    return 0;
  return cc_error_refuse(err, "bundle",
                         "config.json: a link, a pipe or another thing that is no file; put the file itself there");
}

/* The low-level runtime opens the bundle again by its path, so nobody else may put another directory there. */
static int
check_parents(const char *path, struct cc_error *err)
{
  cc_auto_free char *parent = NULL;
  int r = cc_parents_are_private(path, &parent);

  if (r < 0)
    return cc_error_set(err, errno, "stat the directories above `%s`", path);
  if (r > 0)
    return 0;
  return cc_error_refuse(err, "bundle",
                         "the bundle is below `%s`: others than its owner may put another one in its place there; "
                         "move it, or make the directory yours or root's, mode go-w",
                         parent);
}

static void
open_rootfs(struct cc_bundle *b)
{
  const char *path = cc_jstr(cc_jpath(cc_json_root(b->doc), "root.path"));

  b->rootfs_fd = openat(b->fd, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* For somebody who only looks a refusal becomes one of the FINDINGS, and reading goes on. */
static int
settle(int result, struct cc_report *findings, struct cc_error *err)
{
  if (result == 0 || findings == NULL || !cc_error_is_refusal(err))
    return result;
  cc_report_refuse(findings, "bundle", "%s", err->msg);
  cc_error_clear(err);
  return 0;
}

static int
open_bundle(const char *path, struct cc_bundle *b, struct cc_report *findings, struct cc_error *err)
{
  cc_auto_free char *text = NULL;
  struct stat st;
  size_t length;

  b->fd = open(path != NULL ? path : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (b->fd < 0 || fstat(b->fd, &st) < 0)
    return cc_error_set(err, errno, "open bundle `%s`", path != NULL ? path : ".");
  if (settle(check_private(&st, "the bundle directory", err), findings, err) < 0 || path_of(b->fd, &b->path, err) < 0
      || settle(check_parents(b->path, err), findings, err) < 0 || check_plain(b->fd, err) < 0
      || cc_read_file_at(b->fd, "config.json", CC_JSON_MAX_SIZE, &text, &length, &b->st, err) < 0
      || settle(check_private(&b->st, "config.json", err), findings, err) < 0
      || cc_json_parse(text, length, "config.json", &b->doc, err) < 0 || cc_shape_config(cc_json_root(b->doc), err) < 0)
    return CC_FAILED;
  open_rootfs(b);
  return 0;
}

int
cc_bundle_look(const char *path, struct cc_report *findings, struct cc_bundle *out, struct cc_error *err)
{
  struct cc_bundle b = CC_BUNDLE_INIT;

  if (open_bundle(path, &b, findings, err) < 0)
    {
      cc_bundle_close(&b);
      return CC_FAILED;
    }
  *out = b;
  return 0;
}

int
cc_bundle_open(const char *path, struct cc_bundle *out, struct cc_error *err)
{
  return cc_bundle_look(path, NULL, out, err);
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
cc_bundle_forget(const char *path)
{
  cc_auto_close int dirfd = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

  if (dirfd >= 0)
    cc_replace_forget_at(dirfd, "config.json");
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
