#include "shim/attest_internal.h"

#include "common/own.h"
#include "common/path.h"
#include "policy/mountinfo.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))
#define BASE "/sys/fs/cgroup"
#define UNLIMITED UINT64_MAX

/* -- /proc/PID/cgroup -- */

/* 9:cpu,cpuacct:/path. TEXT is changed; a path may hold anything but a newline. */
static size_t
parse_groups(char *text, struct cc_attest_group *groups)
{
  size_t count = 0;

  for (char *line = text; *line != '\0' && count < CC_ATTEST_GROUPS;)
    {
      char *next = line + strcspn(line, "\n"), *first = strchr(line, ':');
      char *second = first != NULL ? strchr(first + 1, ':') : NULL;

      if (*next == '\n')
        *next++ = '\0';
      if (second != NULL && second < next)
        {
          *second = '\0';
          groups[count++] = (struct cc_attest_group){ first + 1, second + 1 };
        }
      line = next;
    }
  return count;
}

static const struct cc_attest_group *
find_group(const struct cc_attest_group *groups, size_t count, const char *controller)
{
  for (size_t i = 0; i < count; i++)
    if (controller[0] != '\0' ? cc_mountinfo_has(groups[i].controllers, controller) : groups[i].controllers[0] == '\0')
      return &groups[i];
  return NULL;
}

/* The controllers whose groups confine. Of version 1 each has a hierarchy, of version 2 one has all. */
static const char *const controllers[] = { "memory", "pids", "cpu", "devices" };

static bool
is_unified(const struct cc_attest *a)
{
  for (size_t i = 0; i < N_ELEMENTS(controllers); i++)
    if (find_group(a->groups, a->group_count, controllers[i]) != NULL)
      return false;
  return true;
}

/* -- membership -- */

/* The part of PATH up to its group's configured name, which the low-level runtime may have made groups below; 0 when it
 * is not there. */
static size_t
expected_length(const char *path, const char *suffix)
{
  size_t n = strlen(suffix);

  for (const char *at = strstr(path, suffix); at != NULL; at = strstr(at + 1, suffix))
    if (at[n] == '\0' || at[n] == '/')
      return (size_t)(at - path) + n;
  return 0;
}

static int
compare_group(const struct cc_attest *a, const struct cc_attest_group *group, const struct cc_attest_group *own,
              struct cc_error *err)
{
  const char *name = group->controllers[0] != '\0' ? group->controllers : "unified";

  if (strcmp(group->path, "/") == 0)
    return cc_attest_differs(err, "cgroup of its process (%s): it is the root, where nothing limits it", name);
  if (own != NULL && strcmp(group->path, own->path) == 0)
    return cc_attest_differs(err, "cgroup of its process (%s): it is the engine's, `%s`", name, own->path);
  if (a->expect->cgroup[0] != '\0' && expected_length(group->path, a->expect->cgroup) == 0)
    return cc_attest_differs(err, "cgroup of its process (%s): it is `%s`, not `…%s`", name, group->path,
                             a->expect->cgroup);
  return 0;
}

/* Needed only where the container's own name does not tell its group from this one. */
static int
read_own(const struct cc_attest *a, char **text, struct cc_error *err)
{
  struct cc_attest self = { .proc = -1 };
  cc_auto_close int proc = -1;

  if (a->expect->cgroup[0] != '\0')
    return 0;
  proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (proc < 0)
    return cc_error_set(err, errno, "open `/proc/self`");
  self.proc = proc;
  return cc_attest_read(&self, "cgroup", text, err);
}

static int
compare_membership(const struct cc_attest *a, struct cc_error *err)
{
  struct cc_attest_group own[CC_ATTEST_GROUPS];
  cc_auto_free char *text = NULL;
  size_t count = 0, looked_at = 0;

  if (read_own(a, &text, err) < 0)
    return CC_FAILED;
  if (text != NULL)
    count = parse_groups(text, own);
  for (size_t i = 0; i < N_ELEMENTS(controllers); i++)
    {
      const char *name = is_unified(a) ? "" : controllers[i];
      const struct cc_attest_group *group = find_group(a->groups, a->group_count, name);

      if (group == NULL)
        continue;
      looked_at++;
      if (compare_group(a, group, find_group(own, count, name), err) < 0)
        return CC_FAILED;
      if (name[0] == '\0')
        break;
    }
  return looked_at > 0 ? 0 : cc_error_set(err, 0, "its process is in no cgroup");
}

/* -- where the files are -- */

/* Behind a mount that shows a part of a hierarchy only (an engine in a container that has no cgroup namespace), paths
 * are longer than what is there. */
static int
open_by_mount(const char *point, const char *path)
{
  struct cc_mountinfo table = CC_MOUNTINFO_INIT;
  int fd = -1;

  if (cc_mountinfo_load(&table, NULL) < 0)
    return -1;
  for (size_t i = 0; fd < 0 && i < table.count; i++)
    {
      const struct cc_mount *m = &table.items[i];

      if (strcmp(m->point, point) == 0 && strncmp(m->type, "cgroup", 6) == 0 && cc_path_is_under(path, m->root))
        {
          cc_auto_free char *full = cc_xasprintf("%s%s", point, path + (m->root[1] == '\0' ? 0 : strlen(m->root)));

          fd = open(full, O_PATH | O_DIRECTORY | O_CLOEXEC);
        }
    }
  cc_mountinfo_clear(&table);
  return fd;
}

/* The directory of GROUP's hierarchy for CONTROLLER, LENGTH bytes of its path. */
static int
open_group(const struct cc_attest_group *group, const char *controller, size_t length, struct cc_error *err)
{
  const char *names[] = { group->controllers, controller };
  size_t count = group->controllers[0] != '\0' ? 2 : 1;
  cc_auto_free char *path = cc_xstrndup(group->path, length);
  int fd = -1;

  for (size_t i = 0; fd < 0 && i < 2 * count; i++)
    {
      const char *name = names[i % count];
      cc_auto_free char *point = cc_xasprintf("%s%s%s", BASE, name[0] != '\0' ? "/" : "", name);
      cc_auto_free char *full = cc_xasprintf("%s%s", point, path);

      fd = i < count ? open(full, O_PATH | O_DIRECTORY | O_CLOEXEC) : open_by_mount(point, path);
    }
  return fd >= 0 ? fd : cc_error_set(err, errno, "open the cgroup `%s`", path);
}

/* -- limits -- */

/* The numbers of the file NAME; "max" is no limit. Returns how many of the COUNT there are, or -1 with errno. */
static int
read_numbers(int dirfd, const char *name, uint64_t *out, int count)
{
  cc_auto_close int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC);
  char text[96], *p = text;
  ssize_t n = fd >= 0 ? read(fd, text, sizeof(text) - 1) : -1;
  int found = 0;

  if (n < 0)
    return -1;
  text[n] = '\0';
  for (; found < count; found++)
    {
      char *end = p;

      p += strspn(p, " \n");
      if (strncmp(p, "max", 3) == 0 || p[0] == '-') /* cpu.cfs_quota_us: -1 */
        {
          out[found] = UNLIMITED;
          p += strcspn(p, " \n");
          continue;
        }
      out[found] = strtoull(p, &end, 10);
      if (end == p)
        break;
      p = end;
    }
  return found;
}

static uint64_t
sum(uint64_t a, uint64_t b)
{
  return a == UNLIMITED || b == UNLIMITED || a + b < a ? UNLIMITED : a + b;
}

/* Processor time per time, in millionths of a processor. */
static uint64_t
share(uint64_t quota, uint64_t period)
{
  return quota == UNLIMITED || period == 0 ? UNLIMITED : (uint64_t)((double)quota * 1e6 / (double)period);
}

/* One limit: the file of each version, what of it (and of the next file) is the value, and the cap. */
struct limit
{
  const char *what, *unit, *controller;
  const char *v1[2], *v2[2]; /* the second file only where the value comes from two */
  uint64_t (*combine)(uint64_t a, uint64_t b);
  bool (*cap)(const struct cc_caps *caps, uint64_t *out); /* false: this kernel has no such limit */
};

static bool
memory_cap(const struct cc_caps *caps, uint64_t *out)
{
  *out = caps->memory;
  return true;
}

static bool
swap_cap(const struct cc_caps *caps, uint64_t *out)
{
  *out = caps->memory_swap;
  return caps->memory_swap > 0;
}

static bool
pids_cap(const struct cc_caps *caps, uint64_t *out)
{
  *out = (uint64_t)caps->pids;
  return true;
}

/* The kernel's smallest quota is 1 ms, and systemd takes hundredths of a processor only, rounded up. */
static bool
cpu_cap(const struct cc_caps *caps, uint64_t *out)
{
  uint64_t smallest = caps->cpu_period > 0 ? 1000 * (uint64_t)1000000 / caps->cpu_period : 10000;
  uint64_t cap = (uint64_t)(caps->cpus * 1e6) + 10000;

  *out = cap > smallest ? cap : smallest;
  return caps->cpus > 0;
}

static const struct limit limits[] = {
  { "memory", "bytes", "memory", { "memory.limit_in_bytes" }, { "memory.max" }, NULL, memory_cap },
  { "memory and swap",
    "bytes",
    "memory",
    { "memory.memsw.limit_in_bytes" },
    { "memory.max", "memory.swap.max" },
    sum,
    swap_cap },
  { "pids", "processes", "pids", { "pids.max" }, { "pids.max" }, NULL, pids_cap },
  { "cpu",
    "millionths of a processor",
    "cpu",
    { "cpu.cfs_quota_us", "cpu.cfs_period_us" },
    { "cpu.max" },
    share,
    cpu_cap },
};

/* The value of LIMIT in the group DIRFD. */
static int
read_value(int dirfd, const struct limit *limit, bool unified, uint64_t *out, struct cc_error *err)
{
  const char *const *files = unified ? limit->v2 : limit->v1;
  uint64_t value[2] = { 0, 0 };
  int wanted = limit->combine == share && unified ? 2 : 1;

  if (read_numbers(dirfd, files[0], value, wanted) != wanted)
    return cc_error_set(err, errno, "read `%s` of its cgroup", files[0]);
  if (files[1] != NULL && read_numbers(dirfd, files[1], value + 1, 1) != 1)
    return cc_error_set(err, errno, "read `%s` of its cgroup", files[1]);
  *out = wanted == 2 || files[1] != NULL ? limit->combine(value[0], value[1]) : value[0];
  return 0;
}

/* Where the low-level runtime made a group below the container's (crun with systemd: "…/container"), the limits are in
 * the upper one. */
static size_t
length_of(const struct cc_attest *a, const struct cc_attest_group *group)
{
  size_t expected = a->expect->cgroup[0] != '\0' ? expected_length(group->path, a->expect->cgroup) : 0;
  const char *base = cc_path_base(group->path);

  if (expected > 0)
    return expected;
  return strcmp(base, "container") == 0 && base - group->path > 1 ? (size_t)(base - group->path - 1)
                                                                  : strlen(group->path);
}

const struct cc_attest_group *
cc_attest_own_group(const struct cc_attest *a, size_t *length)
{
  bool unified = is_unified(a);

  for (size_t i = 0; i < N_ELEMENTS(controllers); i++)
    {
      const struct cc_attest_group *group = find_group(a->groups, a->group_count, unified ? "" : controllers[i]);

      if (group == NULL)
        continue;
      *length = length_of(a, group);
      return group;
    }
  return NULL;
}

static int
compare_limit(const struct cc_attest *a, const struct limit *limit, uint64_t cap, struct cc_error *err)
{
  bool unified = is_unified(a);
  const struct cc_attest_group *group = find_group(a->groups, a->group_count, unified ? "" : limit->controller);
  cc_auto_close int dirfd = -1;
  uint64_t value = UNLIMITED;

  if (group == NULL)
    return cc_error_set(err, 0, "its process is in no cgroup of the %s controller", limit->controller);
  dirfd = open_group(group, limit->controller, length_of(a, group), err);
  if (dirfd < 0 || read_value(dirfd, limit, unified, &value, err) < 0)
    return CC_FAILED;
  if (value <= cap)
    return 0;
  if (value == UNLIMITED)
    return cc_attest_differs(err, "limit of its cgroup for %s: there is none, not %" PRIu64 " %s", limit->what, cap,
                             limit->unit);
  return cc_attest_differs(err, "limit of its cgroup for %s: it is %" PRIu64 " %s, not at most %" PRIu64, limit->what,
                           value, limit->unit, cap);
}

int
cc_attest_cgroup(struct cc_attest *a, struct cc_error *err)
{
  if (cc_attest_read(a, "cgroup", &a->cgroup_text, err) < 0)
    return CC_FAILED;
  a->group_count = parse_groups(a->cgroup_text, a->groups);
  if (compare_membership(a, err) < 0)
    return CC_FAILED;
  for (size_t i = 0; i < N_ELEMENTS(limits); i++)
    {
      uint64_t cap;

      if (limits[i].cap(&a->limits->caps, &cap) && compare_limit(a, &limits[i], cap, err) < 0)
        return CC_FAILED;
    }
  return 0;
}
