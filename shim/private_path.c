#include "shim/private_path.h"

#include "common/own.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LINKS_MAX 40 /* the kernel's own limit */

bool
cc_private_owner(const struct stat *st)
{
  struct stat top;

  return st->st_uid == 0 || st->st_uid == geteuid() || (stat("/", &top) == 0 && st->st_uid == top.st_uid);
}

static bool
is_private_directory(const struct stat *st, bool owner_counts, uid_t owner)
{
  return S_ISDIR(st->st_mode) && (cc_private_owner(st) || (owner_counts && st->st_uid == owner))
         && ((st->st_mode & (S_IWGRP | S_IWOTH)) == 0 || (st->st_mode & S_ISVTX) != 0);
}

/* One call's state. */
struct walk
{
  int fd;              /* the directory (or file, at the end) that was reached */
  char real[PATH_MAX]; /* its place; "" for "/" */
  char rest[PATH_MAX]; /* what is left to go, relative to it */
  unsigned links;
  bool file; /* a regular file may be at the end */
};

/* Takes the first name of REST into NAME; false at the end. */
static bool
next_name(struct walk *w, char name[NAME_MAX + 1])
{
  const char *from = w->rest + strspn(w->rest, "/");
  size_t n = strcspn(from, "/");

  if (n == 0 || n > NAME_MAX)
    return false;
  memcpy(name, from, n);
  name[n] = '\0';
  from += n;
  from += strspn(from, "/");
  memmove(w->rest, from, strlen(from) + 1);
  return true;
}

static bool
to_top(struct walk *w)
{
  int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

  cc_cleanup_close(&w->fd);
  w->fd = fd;
  w->real[0] = '\0';
  return fd >= 0;
}

/* Puts what the link LINK says before the rest. */
static bool
follow(struct walk *w, int link)
{
  char target[PATH_MAX], rest[PATH_MAX];
  ssize_t n = readlinkat(link, "", target, sizeof(target) - 1);

  if (n <= 0 || ++w->links > LINKS_MAX)
    return false;
  target[n] = '\0';
  memcpy(rest, w->rest, strlen(w->rest) + 1);
  if ((size_t)n + 1 + strlen(rest) >= sizeof(w->rest))
    return false;
  memcpy(w->rest, target, (size_t)n);
  w->rest[n] = '/';
  memcpy(w->rest + n + 1, rest, strlen(rest) + 1);
  return target[0] != '/' || to_top(w);
}

/* Moves into NAME, which is DIR. */
static bool
enter(struct walk *w, const char *name, int *dir)
{
  char *slash = strrchr(w->real, '/');
  size_t n = strlen(w->real);

  if (strcmp(name, "..") == 0)
    w->real[slash != NULL ? slash - w->real : 0] = '\0';
  else if (strcmp(name, ".") != 0)
    {
      if (n + 1 + strlen(name) >= sizeof(w->real))
        return false;
      w->real[n] = '/';
      memcpy(w->real + n + 1, name, strlen(name) + 1);
    }
  cc_cleanup_close(&w->fd);
  w->fd = cc_move_fd(dir);
  return true;
}

static bool
walk(struct walk *w, uid_t last_owner)
{
  char name[NAME_MAX + 1];
  struct stat st;

  if (!to_top(w) || fstat(w->fd, &st) < 0 || !is_private_directory(&st, false, 0))
    return false;
  while (next_name(w, name))
    {
      cc_auto_close int fd = openat(w->fd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);

      if (fd < 0 || fstat(fd, &st) < 0)
        return false;
      if (S_ISLNK(st.st_mode))
        {
          if (!cc_private_owner(&st) || !follow(w, fd))
            return false;
        }
      else if (!(w->file && w->rest[0] == '\0' && S_ISREG(st.st_mode))
               && !is_private_directory(&st, w->rest[0] == '\0', last_owner))
        return false;
      else if (!enter(w, name, &fd))
        return false;
    }
  return w->rest[0] == '\0';
}

static int
open_path(const char *path, bool file, uid_t last_owner, char real[PATH_MAX])
{
  struct walk w = { .fd = -1, .file = file };

  if (path[0] != '/' || strlen(path) >= sizeof(w.rest))
    return -1;
  memcpy(w.rest, path, strlen(path) + 1);
  if (!walk(&w, last_owner))
    cc_cleanup_close(&w.fd);
  else
    memcpy(real, w.real[0] != '\0' ? w.real : "/", w.real[0] != '\0' ? strlen(w.real) + 1 : 2);
  return w.fd;
}

int
cc_private_open(const char *path, uid_t last_owner, char real[PATH_MAX])
{
  return open_path(path, false, last_owner, real);
}

int
cc_private_open_file(const char *path, char real[PATH_MAX])
{
  cc_auto_close int fd = open_path(path, true, 0, real);
  struct stat st;

  return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? cc_move_fd(&fd) : -1;
}

int
cc_private_open_below(int dirfd, const char *name, uid_t owner)
{
  cc_auto_free char *names = cc_xstrdup(name);
  cc_auto_close int at = openat(dirfd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
  char *state = NULL;

  for (char *part = strtok_r(names, "/", &state); at >= 0 && part != NULL; part = strtok_r(NULL, "/", &state))
    {
      cc_auto_close int fd = openat(at, part, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      struct stat st;

      if (strcmp(part, "..") == 0 || fd < 0 || fstat(fd, &st) < 0 || !is_private_directory(&st, true, owner))
        return -1;
      cc_cleanup_close(&at);
      at = cc_move_fd(&fd);
    }
  return cc_move_fd(&at);
}
