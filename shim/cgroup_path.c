#include "shim/cgroup_path.h"

#include "common/fd.h"
#include "common/own.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define CGROUP_MAGIC 0x27e0eb
#define CGROUP2_MAGIC 0x63677270
#define PROC_CGROUP_MAX (1u << 20)

/* -- the text -- */

/* Limits on "/" would be nobody's, and ".." is another tree. */
static bool
is_plain(const char *path)
{
  bool named = false;

  for (const char *p = path; *p != '\0'; p += strspn(p, "/"))
    {
      size_t n = strcspn(p, "/");

      if (n == 2 && strncmp(p, "..", 2) == 0)
        return false;
      named = named || (n > 0 && !(n == 1 && *p == '.'));
      p += n;
    }
  return named;
}

/* runc gives the limits to the slice itself when the name ends so: with "system.slice", to every service of the host.
 */
static bool
is_slice(const char *path)
{
  static const char suffix[] = ".slice";
  size_t n = strlen(path), m = strlen(suffix);

  return strchr(path, ':') != NULL && n >= m && strcmp(path + n - m, suffix) == 0;
}

/* The directory of SLICE: "a-b.slice" lies in "a.slice" (systemd.slice(5)). malloc'd; NULL when it is no slice. */
static char *
slice_directory(const char *slice, size_t length)
{
  static const char suffix[] = ".slice";
  size_t m = strlen(suffix), n;
  char *out = cc_xstrdup("");

  if (length == 0)
    {
      free(out);
      return cc_xstrdup("/system.slice");
    }
  if (length <= m || strncmp(slice + length - m, suffix, m) != 0)
    return out;
  n = length - m;
  for (size_t i = 1; i <= n && !(n == 1 && slice[0] == '-'); i++)
    if (i == n || slice[i] == '-')
      {
        char *longer = cc_xasprintf("%s/%.*s%s", out, (int)i, slice, suffix);

        free(out);
        out = longer;
      }
  return out;
}

/* Where systemd puts "slice:prefix:name", as runc and crun ask it to; NULL when PATH has not that form. */
static char *
scope_directory(const char *path)
{
  const char *prefix = strchr(path, ':');
  cc_auto_free char *slice = NULL, *name = NULL;
  char *colon;

  if (prefix == NULL || strchr(path, '/') != NULL)
    return NULL;
  slice = slice_directory(path, (size_t)(prefix - path));
  name = cc_xstrdup(prefix + 1);
  colon = strchr(name, ':');
  if (colon != NULL)
    *colon = '-';
  return cc_xasprintf("%s/%s.scope", slice, name);
}

/* -- the hierarchies -- */

struct search
{
  int top;               /* the directory of the hierarchies */
  const char *hierarchy; /* the name of one there; "." on cgroup v2 */
  bool used;
};

/* What FD is on, of the two kinds; 0 for anything else. */
static int
cgroup_version(int fd)
{
  struct statfs fs;

  if (fstatfs(fd, &fs) < 0)
    return 0;
  return fs.f_type == CGROUP2_MAGIC ? 2 : fs.f_type == CGROUP_MAGIC ? 1 : 0;
}

/* True when something is in the group, or below it. A group's directory has two names, and one more for each group in
 * it. */
static bool
is_used(int group)
{
  cc_auto_close int procs = openat(group, "cgroup.procs", O_RDONLY | O_CLOEXEC);
  struct stat st;
  char byte;
  ssize_t n;

  if (fstat(group, &st) < 0 || st.st_nlink > 2)
    return true;
  if (procs < 0)
    return errno != ENOENT && errno != ENODEV; /* no cgroup, or removed just now */
  n = read(procs, &byte, 1);
  return n > 0 || (n < 0 && errno != ENODEV); /* a threaded group cannot be asked */
}

/* Not through links: "cpu" leads to "cpu,cpuacct", which comes itself. */
static void
look_in(struct search *s, const char *prefix, const char *path)
{
  cc_auto_free char *name = cc_xasprintf("%s/%s/%s", s->hierarchy, prefix, path);
  cc_auto_close int group = -1;

  if (s->used)
    return;
  group = cc_openat2(s->top, name, O_PATH | O_DIRECTORY, 0, RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS);
  if (group >= 0)
    s->used = cgroup_version(group) != 0 && is_used(group);
  else
    s->used = errno != ENOENT && errno != ENOTDIR && errno != ELOOP;
}

/* A relative path is below the runtime's own group to runc on cgroup v1, beside it on v2, and below the root to crun.
 * The runtime's groups are looked up in every hierarchy: finding more of them than there are only asks more. */
static void
look_beside_own(struct search *s, char *own, const char *path)
{
  char *state = NULL;

  for (char *line = strtok_r(own, "\n", &state); line != NULL; line = strtok_r(NULL, "\n", &state))
    {
      char *group = strchr(line, ':'), *slash;

      group = group != NULL ? strchr(group + 1, ':') : NULL;
      if (group == NULL || group[1] != '/')
        continue;
      look_in(s, group + 1, path);
      slash = strrchr(group + 1, '/');
      *slash = '\0';
      look_in(s, group + 1, path);
    }
}

static int
look_through(int top, const char *hierarchy, const char *path, bool *used, struct cc_error *err)
{
  struct search s = { top, hierarchy, false };
  cc_auto_free char *scope = scope_directory(path);

  look_in(&s, "", path);
  if (scope != NULL)
    look_in(&s, "", scope);
  if (path[0] != '/')
    {
      cc_auto_free char *own = NULL;
      cc_auto_close int fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
      size_t length;

      if (fd < 0)
        return cc_error_set(err, errno, "open `/proc/self/cgroup`");
      if (cc_read_all(fd, PROC_CGROUP_MAX, "/proc/self/cgroup", &own, &length, err) < 0)
        return CC_FAILED;
      look_beside_own(&s, own, path);
    }
  *used = *used || s.used;
  return 0;
}

static void
close_directory(DIR **dir)
{
  if (*dir != NULL)
    closedir(*dir);
}

/* On cgroup v1 each controller has a hierarchy of its own, and a group may be in any of them. */
static int
look_everywhere(const char *path, const char *root, bool *used, struct cc_error *err)
{
  cc_auto_close int top = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  __attribute__((cleanup(close_directory))) DIR *dir = NULL;
  const struct dirent *entry;
  int copy;

  if (top < 0)
    return errno == ENOENT ? 0 : cc_error_set(err, errno, "open `%s`", root);
  if (cgroup_version(top) == 2)
    return look_through(top, ".", path, used, err);
  copy = fcntl(top, F_DUPFD_CLOEXEC, 3);
  dir = copy >= 0 ? fdopendir(copy) : NULL;
  if (dir == NULL)
    return cc_error_set(err, errno, "read `%s`", root);
  while (!*used && (entry = readdir(dir)) != NULL)
    if (entry->d_name[0] != '.' && look_through(top, entry->d_name, path, used, err) < 0)
      return CC_FAILED;
  return 0;
}

int
cc_cgroup_path_judge(const char *path, const char *root, struct cc_error *err)
{
  bool used = false;

  if (!is_plain(path))
    return cc_error_refuse(err, "cgroup-path",
                           "cgroupsPath `%.200s`: it leads out of the engine's tree; name a plain cgroup", path);
  if (is_slice(path))
    return cc_error_refuse(err, "cgroup-path",
                           "cgroupsPath `%.200s`: the limits would be those of all that is in that slice; name a group "
                           "of the container's own",
                           path);
  if (look_everywhere(path, root, &used, err) < 0)
    return CC_FAILED;
  if (used)
    return cc_error_refuse(
        err, "cgroup-path",
        "cgroupsPath `%.200s`: others are in that group, who would get its limits, and be killed when the "
        "container is deleted; name a group of the container's own",
        path);
  return 0;
}
