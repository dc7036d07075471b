#include "cli/doctor_write.h"

#include "common/fd.h"
#include "common/own.h"
#include "common/path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define TEXT_MAX (8u << 20)

/* A file in a directory that nobody else can change. */
struct target
{
  char *path; /* without links */
  const char *name;
  int dir;
};

static void
target_clear(struct target *t)
{
  free(t->path);
  cc_cleanup_close(&t->dir);
}

static int
open_target(const char *path, struct target *out, struct cc_error *err)
{
  cc_auto_free char *parent = cc_xstrndup(path, (size_t)(cc_path_base(path) - path));
  cc_auto_free char *directory = realpath(*parent != '\0' ? parent : ".", NULL), *open_to = NULL;
  int private;

  if (directory == NULL)
    return cc_error_set(err, errno, "the directory of `%s`", path);
  out->path = cc_xasprintf("%s/%s", strcmp(directory, "/") == 0 ? "" : directory, cc_path_base(path));
  out->name = cc_path_base(out->path);
  private = cc_parents_are_private(out->path, &open_to);
  if (private < 0)
    return cc_error_set(err, errno, "the directories above `%s`", path);
  if (private == 0)
    return cc_error_set(err, 0, "others may write `%s`: `%s` is not changed there; change it by hand", open_to, path);
  out->dir = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
  return out->dir >= 0 ? 0 : cc_error_set(err, errno, "open `%s`", directory);
}

static int
check_owner(const char *path, const struct stat *st, struct cc_error *err)
{
  if (st->st_uid == geteuid())
    return 0;
  return cc_error_set(err, 0, "`%s` is uid %u's: it is changed by its owner; run this as that user", path,
                      (unsigned)st->st_uid);
}

static int
write_backup(const struct target *t, const char *text, size_t length, const struct stat *st, char **out,
             struct cc_error *err)
{
  cc_auto_free char *name = NULL;
  cc_auto_close int fd = -1;
  time_t now = time(NULL);
  char stamp[32];
  struct tm tm;

  gmtime_r(&now, &tm);
  strftime(stamp, sizeof(stamp), "%Y%m%dT%H%M%SZ", &tm);
  for (int i = 0; fd < 0 && i < 100; i++)
    {
      free(name);
      name = i == 0 ? cc_xasprintf("%s.bak-%s", t->name, stamp) : cc_xasprintf("%s.bak-%s.%d", t->name, stamp, i);
      fd = openat(t->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
      if (fd < 0 && errno != EEXIST)
        break;
    }
  if (fd < 0 || fchown(fd, st->st_uid, st->st_gid) < 0 || cc_write_all(fd, text, length) < 0 || fsync(fd) < 0)
    return cc_error_set(err, errno, "write the copy `%s`: nothing was changed", name);
  *out = cc_xasprintf("%.*s%s", (int)(t->name - t->path), t->path, name);
  return 0;
}

int
cli_write_text(const char *path, const char *was, size_t was_length, const char *now, size_t now_length, char **backup,
               struct cc_error *err)
{
  __attribute__((cleanup(target_clear))) struct target t = { .dir = -1 };
  cc_auto_free char *text = NULL, *copy = NULL;
  struct stat st;
  size_t length;

  if (open_target(path, &t, err) < 0)
    return CC_FAILED;
  if (cc_read_file_at(t.dir, t.name, TEXT_MAX, &text, &length, &st, err) < 0)
    return cc_error_prefix(err, "`%s` is not changed", path);
  if (check_owner(path, &st, err) < 0)
    return CC_FAILED;
  if (length != was_length || memcmp(text, was, length) != 0)
    return cc_error_set(err, 0, "`%s` was changed meanwhile: nothing was written; try again", path);
  if (write_backup(&t, was, was_length, &st, &copy, err) < 0
      || cc_replace_file_at(t.dir, t.name, now, now_length, st.st_mode & 07777, st.st_uid, st.st_gid, err) < 0)
    return CC_FAILED;
  *backup = cc_move_ptr(copy);
  return 0;
}

int
cli_write_mode(const char *path, int mode, struct cc_error *err)
{
  __attribute__((cleanup(target_clear))) struct target t = { .dir = -1 };
  cc_auto_close int fd = -1;
  struct stat st;

  if (open_target(path, &t, err) < 0)
    return CC_FAILED;
  fd = openat(t.dir, t.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (fd < 0 || fstat(fd, &st) < 0)
    return cc_error_set(err, errno, "open `%s`", path);
  if (check_owner(path, &st, err) < 0)
    return CC_FAILED;
  return fchmod(fd, (mode_t)mode) == 0 ? 0 : cc_error_set(err, errno, "change the mode of `%s`", path);
}
