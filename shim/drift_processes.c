#include "shim/drift_internal.h"

#include "common/fd.h"
#include "common/own.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/capability.h>
#include <time.h>
#include <unistd.h>

#define CGROUP_MAX (64u << 10)
#define STATUS_MAX (64u << 10)
/* A process that a runtime is making is in the container before it has given up what it may not keep. */
#define AGAIN 3
#define AGAIN_NANOSECONDS 100000000
/* And all of them together wait no longer than this: a container of many differences must not hold up who looks. */
#define AGAIN_ALL 20

struct process
{
  pid_t pid;
  uint64_t mount_ns, pid_ns; /* 0: of a process that may not be looked at */
  char *cgroup;              /* the text of /proc/PID/cgroup */
};

struct cc_processes
{
  struct process *items;
  size_t count, room;
};

/* -- all processes of the host -- */

/* A thread of the process PROC whose first one has ended: of that nothing can be read any more, and it looks like a
 * zombie, while the others go on. -1 when there is none. */
static int
open_other_thread(int proc)
{
  int tasks = openat(proc, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *dir = tasks >= 0 ? fdopendir(tasks) : NULL;
  const struct dirent *entry;
  int found = -1;

  if (dir == NULL)
    {
      cc_cleanup_close(&tasks);
      return -1;
    }
  while (found < 0 && (entry = readdir(dir)) != NULL)
    {
      cc_auto_close int thread
          = isdigit((unsigned char)entry->d_name[0]) ? openat(tasks, entry->d_name, O_PATH | O_CLOEXEC) : -1;

      if (thread >= 0 && cc_drift_namespace(thread, "mnt") != 0)
        found = cc_move_fd(&thread);
    }
  closedir(dir);
  return found;
}

/* The directory of the process NAME, or of a thread of it that runs; -1 when it is gone. */
static int
open_process(int procs, const char *name)
{
  cc_auto_close int proc = openat(procs, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
  int other;

  if (proc < 0 || cc_drift_namespace(proc, "mnt") != 0)
    return cc_move_fd(&proc);
  other = open_other_thread(proc);
  return other >= 0 ? other : cc_move_fd(&proc);
}

static bool
read_process(int proc, pid_t pid, struct process *out)
{
  cc_auto_close int fd = proc >= 0 ? openat(proc, "cgroup", O_RDONLY | O_CLOEXEC) : -1;
  size_t length;

  if (fd < 0 || cc_read_all(fd, CGROUP_MAX, "cgroup", &out->cgroup, &length, NULL) < 0)
    return false;
  out->pid = pid;
  out->mount_ns = cc_drift_namespace(proc, "mnt");
  out->pid_ns = cc_drift_namespace(proc, "pid");
  return true;
}

int
cc_processes_read(struct cc_processes **out, struct cc_error *err)
{
  DIR *dir = opendir("/proc");
  struct cc_processes *all;
  const struct dirent *entry;

  if (dir == NULL)
    return cc_error_set(err, errno, "open `/proc`");
  all = cc_xcalloc(1, sizeof(*all));
  while ((entry = readdir(dir)) != NULL)
    {
      cc_auto_close int proc = isdigit((unsigned char)entry->d_name[0]) ? open_process(dirfd(dir), entry->d_name) : -1;
      struct process p = { 0 };

      if (!read_process(proc, (pid_t)strtol(entry->d_name, NULL, 10), &p))
        continue;
      if (all->count == all->room)
        {
          all->room = all->room > 0 ? all->room * 2 : 256;
          all->items = cc_xrealloc(all->items, all->room * sizeof(*all->items));
        }
      all->items[all->count++] = p;
    }
  closedir(dir);
  *out = all;
  return 0;
}

void
cc_processes_free(struct cc_processes *all)
{
  if (all == NULL)
    return;
  for (size_t i = 0; i < all->count; i++)
    free(all->items[i].cgroup);
  free(all->items);
  free(all);
}

/* -- which are the container's -- */

/* The group that the container's first process is in. */
struct group
{
  const char *controllers, *path;
  size_t length;
  unsigned waited; /* how often a process of it was looked at again */
};

static bool
is_in_group(const char *text, const struct group *g)
{
  size_t n = strlen(g->controllers);

  for (const char *line = text; line != NULL && *line != '\0';)
    {
      const char *first = strchr(line, ':'), *path = first != NULL ? first + 1 + n + 1 : NULL;
      const char *end = strchrnul(line, '\n');

      if (path != NULL && path <= end && strncmp(first + 1, g->controllers, n) == 0 && path[-1] == ':'
          && (size_t)(end - path) >= g->length && strncmp(path, g->path, g->length) == 0
          && strchr("/\n", path[g->length]) != NULL)
        return true;
      line = *end != '\0' ? end + 1 : NULL;
    }
  return false;
}

static bool
is_inside(const struct cc_drift_subject *s, const struct process *p)
{
  return p->mount_ns == s->mount_ns || (s->pid_ns != 0 && p->pid_ns == s->pid_ns);
}

/* -- one process -- */

/* What an exec may have at most: what the first process has, or what the state lists. */
static uint64_t
ceiling(const struct cc_drift_subject *s)
{
  uint64_t mask = 0;

  for (size_t i = 0; i < CC_CAP_SETS; i++)
    mask |= s->attest.expect->capabilities[i];
  for (size_t i = 0; i < s->state->capabilities.count; i++)
    {
      cap_value_t value;
      cc_auto_free char *name = cc_xstrdup(s->state->capabilities.items[i]);

      for (char *p = name; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
      if (cap_from_name(name, &value) == 0)
        mask |= UINT64_C(1) << value;
    }
  return mask;
}

/* What is wrong with the process of STATUS, as text, malloc'd; NULL when nothing is. */
static char *
compare_status(const struct cc_drift_subject *s, const char *status)
{
  static const char *const sets[] = { "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb" };
  const struct cc_expect *e = s->attest.expect;
  const char *nnp = cc_attest_field(status, "NoNewPrivs"), *filter = cc_attest_field(status, "Seccomp");
  const char *uid = cc_attest_field(status, "Uid");
  uint64_t most = ceiling(s), found;

  for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
    {
      const char *text = cc_attest_field(status, sets[i]);

      if (text != NULL && sscanf(text, "%" SCNx64, &found) == 1 && (found & ~most) != 0)
        return cc_xasprintf("capabilities: %s is %016" PRIx64 ", not at most %016" PRIx64, sets[i], found, most);
    }
  if (e->no_new_privs && nnp != NULL && nnp[0] != '1')
    return cc_xstrdup("no_new_privs is not set");
  if (e->seccomp && filter != NULL && filter[0] != '2')
    return cc_xstrdup("it has no seccomp filter");
  if (uid != NULL && strtoul(uid, NULL, 10) == 0 && e->uid != 0 && !s->state->root_allowed
      && (most & UINT64_C(1) << CAP_SETUID) == 0)
    return cc_xstrdup("it runs as the host's root");
  return NULL;
}

/* The name of the program, for people. */
static void
name_of(const char *status, char *out, size_t size)
{
  const char *name = cc_attest_field(status, "Name");

  snprintf(out, size, "%.*s", name != NULL ? (int)strcspn(name, "\n") : 0, name != NULL ? name : "");
}

/* P as it is now: what is wrong, malloc'd, in *WHY (NULL: nothing); false when it is gone, or no process of the
 * container any more. */
static bool
look(const struct cc_drift_subject *s, const struct group *group, pid_t pid, char *name, size_t size, char **why)
{
  cc_auto_free char *number = cc_xasprintf("%d", pid);
  cc_auto_close int procs = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  cc_auto_close int proc = open_process(procs, number);
  cc_auto_close int fd = proc >= 0 ? openat(proc, "status", O_RDONLY | O_CLOEXEC) : -1;
  cc_auto_free char *status = NULL;
  struct process p = { 0 };
  const char *state;
  size_t length;
  bool member;

  *why = NULL;
  if (fd < 0 || cc_read_all(fd, STATUS_MAX, "status", &status, &length, NULL) < 0 || !read_process(proc, pid, &p))
    return false;
  member = is_in_group(p.cgroup, group);
  free(p.cgroup);
  state = cc_attest_field(status, "State");
  if ((!member && !is_inside(s, &p)) || (state != NULL && strchr("ZX", state[0]) != NULL))
    return false;
  name_of(status, name, size);
  *why = compare_status(s, status);
  if (*why == NULL && !member)
    *why = cc_xstrdup("it is in the container's namespaces and not in its cgroup: no limit holds it");
  else if (*why == NULL && p.mount_ns != 0 && p.mount_ns != s->mount_ns && p.pid_ns != 0 && s->pid_ns != 0
           && p.pid_ns != s->pid_ns)
    *why = cc_xstrdup("it is in the container's cgroup and in none of its namespaces");
  return true;
}

static void
compare_one(const struct cc_drift_subject *s, struct group *group, pid_t pid, struct cc_drift *drift)
{
  const struct timespec pause = { 0, AGAIN_NANOSECONDS };
  char name[64];

  for (int i = 0;; i++)
    {
      cc_auto_free char *why = NULL;
      cc_auto_free char *text = NULL;

      if (!look(s, group, pid, name, sizeof(name), &why))
        return;
      if (why == NULL || i == AGAIN || group->waited++ >= AGAIN_ALL)
        {
          drift->processes++;
          if (why == NULL)
            return;
          text = cc_xasprintf("process %d (`%s`): %s", pid, name, why);
          cc_drift_add(drift, pid, "processes", text);
          return;
        }
      nanosleep(&pause, NULL);
    }
}

int
cc_drift_processes(const struct cc_drift_subject *s, const struct cc_processes *all, struct cc_drift *drift,
                   struct cc_error *err)
{
  struct group group = { .waited = 0 };
  const struct cc_attest_group *own = cc_attest_own_group(&s->attest, &group.length);

  if (own == NULL)
    return cc_error_set(err, 0, "process %d is in no cgroup", s->attest.subject->pid);
  group.controllers = own->controllers;
  group.path = own->path;
  /* the first process was compared already, but for the filter */
  if (drift->count == 0)
    compare_one(s, &group, s->attest.subject->pid, drift);
  for (size_t i = 0; i < all->count; i++)
    if (all->items[i].pid != s->attest.subject->pid
        && (is_inside(s, &all->items[i]) || is_in_group(all->items[i].cgroup, &group)))
      compare_one(s, &group, all->items[i].pid, drift);
  return 0;
}
