#include "shim/cgroup_clear.h"

#include "common/fd.h"
#include "common/own.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#define CGROUP_MAGIC 0x27e0eb
#define CGROUP2_MAGIC 0x63677270
#define PROCS_MAX (1u << 20)
#define TRIES 200 /* of a millisecond each */

static const struct timespec pause_between = { 0, 1000000 };

/* The numbers of the processes in GROUP, one in each line; NULL when it cannot be read. */
static char *
read_processes(int group)
{
  cc_auto_close int fd = openat(group, "cgroup.procs", O_RDONLY | O_CLOEXEC);
  char *text = NULL;
  size_t length;

  return fd >= 0 && cc_read_all(fd, PROCS_MAX, "cgroup.procs", &text, &length, NULL) == 0 ? text : NULL;
}

static bool
has_process(int group, const char *number)
{
  cc_auto_free char *text = read_processes(group);
  char *state = NULL;

  for (char *line = text != NULL ? strtok_r(text, "\n", &state) : NULL; line != NULL;
       line = strtok_r(NULL, "\n", &state))
    if (strcmp(line, number) == 0)
      return true;
  return false;
}

/* The number may be another process's by the time of the signal, so the group is asked once more about the process that
 * the descriptor stands for. */
static void
end_process(int group, const char *number)
{
  cc_auto_close int pidfd = (int)syscall(SYS_pidfd_open, (pid_t)strtol(number, NULL, 10), 0);

  if (pidfd >= 0 && has_process(group, number))
    syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
}

/* True when something was there. */
static bool
end_processes(int group)
{
  cc_auto_free char *text = read_processes(group);
  char *state = NULL, *line = text != NULL ? strtok_r(text, "\n", &state) : NULL;
  bool any = line != NULL;

  for (; line != NULL; line = strtok_r(NULL, "\n", &state))
    end_process(group, line);
  return any;
}

/* The group NAME, which is cut, the directory *PARENT that it is in, and its name *BASE there. */
static int
open_group(int hierarchy, char *name, int *parent, char **base)
{
  *base = strrchr(name, '/') + 1;
  (*base)[-1] = '\0';
  *parent = cc_openat2(hierarchy, name, O_PATH | O_DIRECTORY, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  if (*parent < 0)
    return -1;
  return cc_openat2(*parent, *base, O_RDONLY | O_DIRECTORY, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
}

/* A group's directory has two names, and one more for each group in it. */
static bool
has_groups(int group)
{
  struct stat st;

  return fstat(group, &st) < 0 || st.st_nlink > 2;
}

/* What is done in each hierarchy. True ends it. */
typedef bool visit(int hierarchy, const char *path, const char *number);

static bool
has_in(int hierarchy, const char *path, const char *number)
{
  cc_auto_free char *name = cc_xasprintf("./%s", path);
  cc_auto_close int parent = -1, group = -1;
  char *base;

  group = open_group(hierarchy, name, &parent, &base);
  return group >= 0 && has_process(group, number);
}

static bool
clear_in(int hierarchy, const char *path, const char *number)
{
  cc_auto_free char *name = cc_xasprintf("./%s", path);
  cc_auto_close int parent = -1, group = -1;
  char *base;

  (void)number;
  group = open_group(hierarchy, name, &parent, &base);
  if (group < 0 || has_groups(group))
    return false;
  for (int i = 0; i < TRIES; i++)
    {
      bool any = end_processes(group);

      if (unlinkat(parent, base, AT_REMOVEDIR) == 0 || (!any && errno != EBUSY))
        return false;
      nanosleep(&pause_between, NULL);
    }
  return false;
}

static bool
is_hierarchy(int fd)
{
  struct statfs fs;

  return fstatfs(fd, &fs) == 0 && (fs.f_type == CGROUP2_MAGIC || fs.f_type == CGROUP_MAGIC);
}

static void
close_directory(DIR **dir)
{
  if (*dir != NULL)
    closedir(*dir);
}

static bool
visit_all(const char *path, const char *root, visit *in, const char *number)
{
  __attribute__((cleanup(close_directory))) DIR *dir = NULL;
  const struct dirent *entry;
  size_t n = strlen(path);
  bool found = false;

  if (path[0] != '/' || path[n - 1] == '/')
    return false;
  dir = opendir(root);
  if (dir == NULL)
    return false;
  if (is_hierarchy(dirfd(dir)))
    return in(dirfd(dir), path, number);
  while (!found && (entry = readdir(dir)) != NULL)
    {
      cc_auto_close int hierarchy = -1;

      if (entry->d_name[0] == '.')
        continue;
      hierarchy = openat(dirfd(dir), entry->d_name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (hierarchy >= 0 && is_hierarchy(hierarchy))
        found = in(hierarchy, path, number);
    }
  return found;
}

bool
cc_cgroup_has(const char *path, const char *root, pid_t pid)
{
  char number[16];

  snprintf(number, sizeof(number), "%d", (int)pid);
  return visit_all(path, root, has_in, number);
}

void
cc_cgroup_clear(const char *path, const char *root)
{
  visit_all(path, root, clear_in, NULL);
}
