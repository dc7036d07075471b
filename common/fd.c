#include "common/fd.h"

#include "common/own.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

int
cc_openat2(int dirfd, const char *path, int flags, unsigned mode, uint64_t resolve)
{
  struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC), .mode = mode, .resolve = resolve };

  return (int)syscall(SYS_openat2, dirfd, path, &how, sizeof(how));
}

int
cc_read_all(int fd, size_t max, const char *what, char **out, size_t *length, struct cc_error *err)
{
  size_t used = 0, size = 16384;
  cc_auto_free char *buf = cc_xrealloc(NULL, size + 1);

  for (;;)
    {
      ssize_t n = read(fd, buf + used, size - used);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return cc_error_set(err, errno, "read `%s`", what);
      if (n == 0)
        break;
      used += (size_t)n;
      if (used > max)
        return cc_error_set(err, 0, "`%s` is larger than %zu bytes", what, max);
      if (used == size)
        {
          size *= 2;
          buf = cc_xrealloc(buf, size + 1);
        }
    }
  buf[used] = '\0';
  *out = cc_move_ptr(buf);
  *length = used;
  return 0;
}

int
cc_read_file_at(int dirfd, const char *name, size_t max, char **out, size_t *length, struct stat *st,
                struct cc_error *err)
{
  /* O_NONBLOCK: opening a FIFO that somebody put there must not hang */
  cc_auto_close int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
  struct stat own;

  if (fd < 0)
    return cc_error_set(err, errno, "open `%s`", name);
  if (fstat(fd, &own) < 0)
    return cc_error_set(err, errno, "stat `%s`", name);
  if (!S_ISREG(own.st_mode))
    return cc_error_set(err, 0, "`%s` is not a regular file", name);
  if (cc_read_all(fd, max, name, out, length, err) < 0)
    return CC_FAILED;
  if (st != NULL)
    *st = own;
  return 0;
}

int
cc_write_all(int fd, const void *data, size_t length)
{
  const char *p = data;

  while (length > 0)
    {
      ssize_t n = write(fd, p, length);

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return -1;
      p += n;
      length -= (size_t)n;
    }
  return 0;
}

static char *
temporary_name(const char *name)
{
  return cc_xasprintf(".%s.closedclaw", name);
}

/* A file that has no name until its content is whole: what is killed before leaves nothing. Not every filesystem can
 * (overlayfs before Linux 6.1, NFS): then it has TEMPORARY from the start. */
static int
open_temporary(int dirfd, const char *temporary, bool *named)
{
  int fd = openat(dirfd, ".", O_WRONLY | O_TMPFILE | O_CLOEXEC, 0600);

  *named = fd < 0;
  if (fd >= 0 || errno != EOPNOTSUPP)
    return fd;
  fd = openat(dirfd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0 && errno == EEXIST && unlinkat(dirfd, temporary, 0) == 0)
    fd = openat(dirfd, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  return fd;
}

/* rename(2) replaces, link(2) does not: where NAME is taken, the file gets TEMPORARY first. That name may be there from
 * a call that was killed, or come and go with another writer's, whose file is as whole as this one. */
static int
name_temporary(int fd, int dirfd, const char *temporary, const char *name)
{
  char self[40];

  snprintf(self, sizeof(self), "/proc/self/fd/%d", fd);
  if (linkat(AT_FDCWD, self, dirfd, name, AT_SYMLINK_FOLLOW) == 0)
    return 0;
  if (errno != EEXIST)
    return -1;
  for (int i = 0; i < 100; i++)
    if (linkat(AT_FDCWD, self, dirfd, temporary, AT_SYMLINK_FOLLOW) == 0)
      {
        if (renameat(dirfd, temporary, dirfd, name) == 0)
          return 0;
        if (errno != ENOENT)
          return -1;
      }
    else if (errno != EEXIST || (unlinkat(dirfd, temporary, 0) < 0 && errno != ENOENT))
      return -1;
  return -1;
}

int
cc_replace_file_at(int dirfd, const char *name, const char *data, size_t length, mode_t mode, uid_t uid, gid_t gid,
                   struct cc_error *err)
{
  cc_auto_free char *temporary = temporary_name(name);
  cc_auto_close int fd = -1;
  bool named;
  int saved;

  fd = open_temporary(dirfd, temporary, &named);
  if (fd < 0)
    return cc_error_set(err, errno, "create `%s`", temporary);
  if (cc_write_all(fd, data, length) == 0 && fchown(fd, uid, gid) == 0 && fchmod(fd, mode & 07777) == 0
      && (named ? renameat(dirfd, temporary, dirfd, name) : name_temporary(fd, dirfd, temporary, name)) == 0)
    return 0;
  saved = errno;
  unlinkat(dirfd, temporary, 0);
  return cc_error_set(err, saved, "write `%s`", name);
}

void
cc_replace_forget_at(int dirfd, const char *name)
{
  cc_auto_free char *temporary = temporary_name(name);

  unlinkat(dirfd, temporary, 0);
}

int
cc_memfd(const char *name, const char *data, size_t length, struct cc_error *err)
{
  cc_auto_close int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

  if (fd < 0)
    return cc_error_set(err, errno, "memfd_create");
  if (cc_write_all(fd, data, length) < 0)
    return cc_error_set(err, errno, "write to memfd");
  if (fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
    return cc_error_set(err, errno, "seal memfd");
  if (lseek(fd, 0, SEEK_SET) < 0)
    return cc_error_set(err, errno, "seek in memfd");
  return cc_move_fd(&fd);
}

bool
cc_is_private(const struct stat *st)
{
  return (st->st_uid == 0 || st->st_uid == geteuid()) && (st->st_mode & 022) == 0;
}

int
cc_fd_path(int fd, char **out)
{
  char link[64], path[PATH_MAX];
  ssize_t n;

  snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
  n = readlink(link, path, sizeof(path));
  if (n < 0)
    return -1;
  if ((size_t)n >= sizeof(path))
    {
      errno = ENAMETOOLONG;
      return -1;
    }
  *out = cc_xstrndup(path, (size_t)n);
  return 0;
}

int
cc_parents_are_private(const char *path, char **parent)
{
  cc_auto_free char *part = cc_xstrdup(path);
  struct stat st, top;
  char *slash;

  if (lstat("/", &top) < 0)
    return -1;
  while ((slash = strrchr(part, '/')) != NULL && part[1] != '\0')
    {
      slash[slash == part ? 1 : 0] = '\0';
      if (lstat(part, &st) < 0)
        return -1;
      if ((st.st_uid == 0 || st.st_uid == geteuid() || st.st_uid == top.st_uid)
          && ((st.st_mode & (st.st_gid == 0 ? S_IWOTH : S_IWGRP | S_IWOTH)) == 0 || (st.st_mode & S_ISVTX) != 0))
        continue;
      if (parent != NULL)
        *parent = cc_move_ptr(part);
      return 0;
    }
  return 1;
}
