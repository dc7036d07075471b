#include "shim/cgroup_clear.h"

#include "common/fd.h"
#include "common/own.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
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

static void
clear_in(int hierarchy, const char *path)
{
  cc_auto_free char *parent_path = cc_xasprintf("./%s", path);
  char *base = strrchr(parent_path, '/') + 1;
  cc_auto_close int parent = -1, group = -1;

  base[-1] = '\0';
  parent = cc_openat2(hierarchy, parent_path, O_PATH | O_DIRECTORY, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  if (parent >= 0)
    group = cc_openat2(parent, base, O_RDONLY | O_DIRECTORY, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  if (group < 0)
    return;
  for (int i = 0; i < TRIES; i++)
    {
      bool any = end_processes(group);

      if (unlinkat(parent, base, AT_REMOVEDIR) == 0 || (!any && errno != EBUSY))
        return;
      nanosleep(&pause_between, NULL);
    }
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

void
cc_cgroup_clear(const char *path, const char *root)
{
  __attribute__((cleanup(close_directory))) DIR *dir = NULL;
  const struct dirent *entry;
  size_t n = strlen(path);

  if (path[0] != '/' || path[n - 1] == '/')
    return;
  dir = opendir(root);
  if (dir == NULL)
    return;
  if (is_hierarchy(dirfd(dir)))
    {
      clear_in(dirfd(dir), path);
      return;
    }
  while ((entry = readdir(dir)) != NULL)
    {
      cc_auto_close int hierarchy = -1;

      if (entry->d_name[0] == '.')
        continue;
      hierarchy = openat(dirfd(dir), entry->d_name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (hierarchy >= 0 && is_hierarchy(hierarchy))
        clear_in(hierarchy, path);
    }
}
