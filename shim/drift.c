#include "shim/drift_internal.h"

#include "common/own.h"
#include "common/path.h"
#include "shim/lowlevel_state.h"
#include "shim/netlock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* <linux/capability.h> */
#define CAP_SETGID_BIT 6
#define CAP_SETUID_BIT 7

/* What of an attestation still holds when the program runs. Its descriptors are its own then, and the filter cannot be
 * read any more without stopping the process: that one is loaded is compared with every other process's. */
static const struct
{
  const char *name;
  int (*compare)(struct cc_attest *a, struct cc_error *err);
} aspects[] = {
  { "process", cc_attest_process }, { "limits of the process", cc_attest_limits_of_process },
  { "cgroup", cc_attest_cgroup },   { "namespaces", cc_attest_namespaces },
  { "mounts", cc_attest_mounts },
};

void
cc_drift_add(struct cc_drift *drift, pid_t pid, const char *aspect, const char *text)
{
  drift->items = cc_xrealloc(drift->items, (drift->count + 1) * sizeof(*drift->items));
  drift->items[drift->count++] = (struct cc_difference){ pid, aspect, cc_xstrdup(text) };
}

void
cc_drift_clear(struct cc_drift *drift)
{
  for (size_t i = 0; i < drift->count; i++)
    free(drift->items[i].text);
  free(drift->items);
  *drift = (struct cc_drift)CC_DRIFT_INIT;
}

uint64_t
cc_drift_namespace(int proc, const char *name)
{
  char path[16], link[64];
  uint64_t number;
  ssize_t n;

  snprintf(path, sizeof(path), "ns/%s", name);
  n = readlinkat(proc, path, link, sizeof(link) - 1);
  if (n <= 0)
    return 0;
  link[n] = '\0';
  return sscanf(link, "%*[^[][%" SCNu64, &number) == 1 ? number : 0;
}

/* -- the first process -- */

/* A program with CAP_SETUID or CAP_SETGID may have become another user, which is what it has them for. */
static void
forgive_ids(struct cc_expect *expect, const char *status)
{
  uint64_t may = expect->capabilities[CC_CAP_PERMITTED];
  const char *uid = cc_attest_field(status, "Uid"), *gid = cc_attest_field(status, "Gid");

  if ((may & UINT64_C(1) << CAP_SETUID_BIT) != 0 && uid != NULL)
    expect->uid = (uint32_t)strtoul(uid, NULL, 10);
  if ((may & UINT64_C(1) << CAP_SETGID_BIT) != 0 && gid != NULL)
    expect->gid = (uint32_t)strtoul(gid, NULL, 10);
}

/* The text of a difference without the way out, which is said once for all. */
static void
note(struct cc_drift *drift, pid_t pid, const char *aspect, const struct cc_error *why)
{
  const char *end = strstr(why->msg, "; recreate the container");
  cc_auto_free char *text = cc_xstrndup(why->msg, end != NULL ? (size_t)(end - why->msg) : strlen(why->msg));

  cc_drift_add(drift, pid, aspect, text);
}

static int
compare_first(struct cc_attest *a, struct cc_drift *drift, struct cc_error *err)
{
  for (size_t i = 0; i < sizeof(aspects) / sizeof(aspects[0]); i++)
    {
      struct cc_error why = CC_ERROR_INIT;

      if (aspects[i].compare(a, &why) == 0)
        continue;
      if (!cc_error_is_refusal(&why))
        {
          *err = why;
          return cc_error_prefix(err, "look at %s of process %d", aspects[i].name, a->subject->pid);
        }
      note(drift, a->subject->pid, aspects[i].name, &why);
    }
  return 0;
}

/* The AppArmor profile is set for the program that the low-level runtime executes, so `start` could not see it. Where
 * AppArmor is not active nobody has one. */
static int
compare_profile(const struct cc_drift_subject *s, struct cc_drift *drift, struct cc_error *err)
{
  const char *wanted = s->state->apparmor;
  cc_auto_close int active = open("/sys/kernel/security/apparmor/profiles", O_PATH | O_CLOEXEC);
  cc_auto_free char *label = NULL, *text = NULL;
  size_t length;

  if (wanted == NULL || wanted[0] == '\0' || active < 0)
    return 0;
  if (cc_attest_read(&s->attest, "attr/apparmor/current", &label, err) < 0
      && (err->errnum != ENOENT || cc_attest_read(&s->attest, "attr/current", &label, err) < 0))
    return CC_FAILED;
  /* "docker-default (enforce)"; with no_new_privs a program can only add to it, as in "docker-default//&own" */
  length = strlen(wanted);
  if (strncmp(wanted, label, length) == 0 && (label[length] == ' ' || strncmp(label + length, "//", 2) == 0)
      && strstr(label, "(enforce)") != NULL)
    return 0;
  text = cc_xasprintf("its AppArmor profile is `%.*s`, not `%s` enforced", (int)strcspn(label, "\n"), label, wanted);
  cc_drift_add(drift, s->attest.subject->pid, "profile", text);
  return 0;
}

/* What `start` laid over a network namespace that has no network. */
static int
compare_lock(const struct cc_drift_subject *s, struct cc_drift *drift, struct cc_error *err)
{
  const struct cc_attest_subject *first = s->attest.subject;
  struct cc_error why = CC_ERROR_INIT;

  if (!s->state->network_none || cc_netlock_look(first->pid, first->pidfd, &why) == 0)
    return 0;
  if (strcmp(why.rule, "attest") != 0)
    {
      *err = why;
      return CC_FAILED;
    }
  note(drift, first->pid, "network", &why);
  return 0;
}

/* -- the container -- */

static bool
is_same_instance(const struct cc_lowlevel_instance *a, const struct cc_lowlevel_instance *b)
{
  return a->major == b->major && a->minor == b->minor && a->ino == b->ino && a->born == b->born;
}

/* 0 and an opened first process, 1 when there is none that runs, negative. */
static int
find_first(const char *root, const char *id, const struct cc_state *state, struct cc_attest_subject *out,
           struct cc_error *err)
{
  const char *runtime = cc_path_base(state->low_level);
  struct cc_lowlevel_instance instance;
  cc_auto_close int directory = -1;
  struct cc_error why = CC_ERROR_INIT;
  int found = cc_lowlevel_directory(runtime, root, id, &directory, err);

  if (found != 0)
    return found;
  if (cc_lowlevel_instance(directory, &instance, err) < 0)
    return CC_FAILED;
  if (state->bound && !is_same_instance(&state->instance, &instance))
    return 1;
  found = cc_lowlevel_waits(directory, err);
  if (found != 0)
    return found;
  if (cc_lowlevel_init(runtime, root, id, &out->pid, &out->pidfd, &why) < 0)
    {
      *err = why;
      return why.errnum == ESRCH ? 1 : CC_FAILED;
    }
  out->directory = cc_move_fd(&directory);
  return 0;
}

static int
open_first(struct cc_drift_subject *s, struct cc_error *err)
{
  struct cc_attest *a = &s->attest;
  char path[32];

  snprintf(path, sizeof(path), "/proc/%d", a->subject->pid);
  a->proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (a->proc < 0)
    return cc_error_set(err, errno, "open `%s`", path);
  a->root = openat(a->proc, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (a->root < 0)
    return cc_error_set(err, errno, "open the root directory of process %d", a->subject->pid);
  s->mount_ns = cc_drift_namespace(a->proc, "mnt");
  if (a->expect->namespaces[CC_NS_PID].kind == CC_NS_NEW)
    s->pid_ns = cc_drift_namespace(a->proc, "pid");
  return s->mount_ns != 0 ? 0 : cc_error_set(err, 0, "the namespaces of process %d cannot be read", a->subject->pid);
}

static int
compare(struct cc_drift_subject *s, struct cc_expect *expect, const struct cc_processes *processes,
        struct cc_drift *drift, struct cc_error *err)
{
  cc_auto_free char *status = NULL;

  if (open_first(s, err) < 0 || cc_attest_read(&s->attest, "status", &status, err) < 0)
    return CC_FAILED;
  forgive_ids(expect, status);
  if (compare_first(&s->attest, drift, err) < 0 || compare_profile(s, drift, err) < 0
      || compare_lock(s, drift, err) < 0)
    return CC_FAILED;
  return cc_drift_processes(s, processes, drift, err);
}

/* A process may lower its own limits and raise the soft one again: only the hard one is held. */
static struct cc_ulimit *
hard_limits(const struct cc_state *state)
{
  struct cc_ulimit *limits = cc_xcalloc(state->ulimit_count + 1, sizeof(*limits));

  for (size_t i = 0; i < state->ulimit_count; i++)
    {
      limits[i] = state->ulimits[i];
      limits[i].soft = limits[i].hard;
    }
  return limits;
}

static int
compare_running(const struct cc_state *state, const struct cc_attest_subject *subject,
                const struct cc_processes *processes, struct cc_drift *drift, struct cc_error *err)
{
  cc_auto_free struct cc_ulimit *ulimits = hard_limits(state);
  const struct cc_attest_limits limits
      = { { state->memory, state->memory_swap, state->pids, state->cpus, state->cpu_period, cc_limits_unified() },
          ulimits,
          state->ulimit_count };
  struct cc_drift_subject s = { .state = state, .attest = { .subject = subject, .proc = -1, .root = -1 } };
  struct cc_expect expect;
  int result;

  if (cc_expect_read(state->expect, &expect, err) < 0)
    return CC_FAILED;
  s.attest.expect = &expect;
  s.attest.limits = &limits;
  result = compare(&s, &expect, processes, drift, err);
  cc_cleanup_close(&s.attest.proc);
  cc_cleanup_close(&s.attest.root);
  free(s.attest.status);
  free(s.attest.cgroup_text);
  cc_expect_clear(&expect);
  return result;
}

int
cc_drift(const char *root, const char *id, const struct cc_state *state, const struct cc_processes *processes,
         struct cc_drift *out, struct cc_error *err)
{
  struct cc_attest_subject subject = { .pidfd = -1, .directory = -1 };
  struct cc_drift drift = CC_DRIFT_INIT;
  struct cc_processes *own = NULL;
  struct cc_error why = CC_ERROR_INIT;
  int result = state->managed && !state->report && state->expect[0] != '\0' ? 0 : 1;

  if (result == 0)
    result = find_first(root, id, state, &subject, &why);
  if (result == 0 && processes == NULL)
    result = cc_processes_read(&own, &why);
  if (result == 0)
    result = compare_running(state, &subject, processes != NULL ? processes : own, &drift, &why);
  cc_cleanup_close(&subject.pidfd);
  cc_cleanup_close(&subject.directory);
  cc_processes_free(own);
  if (result != 0)
    cc_drift_clear(&drift);
  if (result < 0 && (why.errnum == ESRCH || why.errnum == ENOENT))
    return 1; /* it ended meanwhile: nothing of it can be read */
  if (result < 0 && err != NULL)
    *err = why;
  if (result == 0)
    *out = drift;
  return result;
}
