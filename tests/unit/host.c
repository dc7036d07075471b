#include "host.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char scratch[PATH_MAX];

static void
need(bool ok, const char *what)
{
  if (ok)
    return;
  perror(what);
  abort();
}

void
cc_host_enter(void)
{
  static const char *const empty[] = { "/home", "/root", "/boot", "/var/lib", "/tmp" };

  need(unshare(CLONE_NEWNS) == 0, "unshare (the tests need root)");
  need(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0, "make / private");
  snprintf(scratch, sizeof(scratch), "/var/tmp/cc-unit-XXXXXX");
  need(mkdtemp(scratch) != NULL, "mkdtemp");
  for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
    {
      mkdir(empty[i], 0755);
      cc_host_mount("tmpfs", empty[i], "mode=755");
    }
}

const char *
cc_host_dir(void)
{
  return scratch;
}

const char *
cc_host_path(const char *fmt, ...)
{
  static char buffers[8][PATH_MAX];
  static unsigned turn;
  char *out = buffers[turn++ % 8];
  size_t used = 0;
  va_list ap;

  if (fmt[0] == '@')
    used = (size_t)snprintf(out, PATH_MAX, "%s", scratch);
  va_start(ap, fmt);
  vsnprintf(out + used, PATH_MAX - used, fmt[0] == '@' ? fmt + 1 : fmt, ap);
  va_end(ap);
  return out;
}

static void
make_parents(const char *path)
{
  char part[PATH_MAX];

  snprintf(part, sizeof(part), "%s", path);
  for (char *p = strchr(part + 1, '/'); p != NULL; p = strchr(p + 1, '/'))
    {
      *p = '\0';
      mkdir(part, 0755);
      *p = '/';
    }
}

const char *
cc_host_mkdir(const char *path)
{
  struct stat st;

  make_parents(path);
  mkdir(path, 0755);
  need(stat(path, &st) == 0 && S_ISDIR(st.st_mode), path);
  return path;
}

const char *
cc_host_file(const char *path, const char *text)
{
  int fd;

  make_parents(path);
  fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  need(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), path);
  close(fd);
  return path;
}

void
cc_host_bind(const char *from, const char *to)
{
  struct stat st;

  need(stat(from, &st) == 0, from);
  if (S_ISDIR(st.st_mode))
    cc_host_mkdir(to);
  else
    cc_host_file(to, "");
  need(mount(from, to, NULL, MS_BIND | MS_REC, NULL) == 0, to);
}

void
cc_host_mount(const char *type, const char *at, const char *data)
{
  cc_host_mkdir(at);
  need(mount(type, at, type, 0, data) == 0, at);
}

void
cc_host_umount(const char *at)
{
  need(umount2(at, MNT_DETACH) == 0, at);
}

void
cc_host_leave(void)
{
  pid_t pid = fork();
  int status;

  /* --one-file-system: a mount that a test left must not be emptied */
  if (pid == 0)
    {
      execl("/bin/rm", "rm", "-rf", "--one-file-system", scratch, (char *)NULL);
      _exit(127);
    }
  need(pid > 0 && waitpid(pid, &status, 0) == pid, "rm");
}
