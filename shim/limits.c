#include "shim/limits.h"

#include "common/own.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/vfs.h>
#include <unistd.h>

#define CGROUP2_MAGIC 0x63677270
#define DEFAULT_PERIOD 100000u
#define DEFAULT_NOFILE 65536u
#define DEFAULT_SHARES 1024u
#define DEFAULT_WEIGHT 100u /* of cpu.weight and io.weight */
/* blockIO's 10 to 1000 become io.weight's 1 to 10000 with both low-level runtimes: 19 is the last that does not come
 * before a group that nobody gave a weight (and is below bfq's own default of 100, too) */
#define BLOCK_WEIGHT_MAX 19

/* -- what this kernel can do -- */

/* cgroup v2 shows memory.swap.max in every cgroup but the root; ours is one that is always there. */
static bool
v2_accounts_swap(void)
{
  char line[512], path[640];
  cc_auto_file FILE *f = fopen("/proc/self/cgroup", "re");

  while (f != NULL && fgets(line, sizeof(line), f) != NULL)
    if (strncmp(line, "0::", 3) == 0)
      {
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line + 3, "/") == 0) /* in the root, or in a cgroup namespace: nothing to look at */
          return access("/proc/swaps", F_OK) == 0;
        snprintf(path, sizeof(path), "/sys/fs/cgroup%s/memory.swap.max", line + 3);
        return access(path, F_OK) == 0;
      }
  return false;
}

bool
cc_limits_unified(void)
{
  struct statfs fs;

  return statfs("/sys/fs/cgroup", &fs) == 0 && fs.f_type == CGROUP2_MAGIC;
}

struct cc_caps
cc_caps_of_policy(const struct cc_policy *policy)
{
  struct cc_caps caps
      = { policy->memory, policy->memory_swap, policy->pids_limit, policy->cpus, DEFAULT_PERIOD, cc_limits_unified() };
  bool v2 = caps.unified;

  if (v2 ? !v2_accounts_swap() : access("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes", F_OK) < 0)
    caps.memory_swap = 0;
  if (!v2 && access("/sys/fs/cgroup/cpu/cpu.cfs_quota_us", F_OK) < 0
      && access("/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", F_OK) < 0)
    caps.cpus = 0;
  return caps;
}

/* -- one member -- */

struct limits
{
  struct cc_json *doc;
  const struct cc_caps *caps;
  bool fill;
  struct cc_report *report;
};

static void
set_number(const struct limits *l, struct cc_jval *obj, const char *key, const char *place, int64_t now)
{
  struct cc_jval *old = cc_jget(obj, key);
  char was[40];

  snprintf(was, sizeof(was), "%s", old != NULL && old->text != NULL ? old->text : "none");
  cc_jset_int(l->doc, obj, key, now);
  cc_report_tighten(l->report, "resources", place, was, "%" PRId64, now);
}

/* A limit where 0, a negative number or a number that does not fit means "none". */
static void
cap_limit(const struct limits *l, struct cc_jval *obj, const char *key, const char *place, int64_t cap)
{
  struct cc_jval *v = cc_jget(obj, key);
  int64_t asked;

  if (v == NULL && !l->fill)
    return;
  if (v == NULL || cc_jint64(v, &asked) < 0 || asked <= 0 || asked > cap)
    set_number(l, obj, key, place, cap);
}

static void
drop(const struct limits *l, struct cc_jval *obj, const char *key, const char *place)
{
  if (cc_jdel(obj, key))
    cc_report_tighten(l->report, "resources", place, "set", "removed");
}

/* -- memory -- */

static void
limit_memory(const struct limits *l, struct cc_jval *resources)
{
  bool asked = cc_jget(resources, "memory") != NULL;
  struct cc_jval *m;
  int64_t limit, swap, reservation;

  if (!asked && !l->fill)
    return;
  m = cc_jneed_object(l->doc, resources, "memory");
  cap_limit(l, m, "limit", "linux.resources.memory.limit", (int64_t)l->caps->memory);
  drop(l, m, "kernel", "linux.resources.memory.kernel");
  drop(l, m, "kernelTCP", "linux.resources.memory.kernelTCP");
  /* without it, a group below would not count for this one (cgroup v1 before Linux 5.11) */
  drop(l, m, "useHierarchy", "linux.resources.memory.useHierarchy");
  if (cc_jbool(cc_jget(m, "disableOOMKiller"), false))
    {
      cc_jset_bool(l->doc, m, "disableOOMKiller", false);
      cc_report_tighten(l->report, "resources", "linux.resources.memory.disableOOMKiller", "true", "false");
    }
  if (cc_jint64(cc_jget(m, "limit"), &limit) < 0)
    limit = (int64_t)l->caps->memory;
  if (cc_jint64(cc_jget(m, "reservation"), &reservation) == 0 && reservation > limit)
    set_number(l, m, "reservation", "linux.resources.memory.reservation", limit);
  if (l->caps->memory_swap == 0)
    return;
  cap_limit(l, m, "swap", "linux.resources.memory.swap", (int64_t)l->caps->memory_swap);
  /* memory plus swap may not be less than memory: both runtimes refuse that */
  if (cc_jint64(cc_jget(m, "swap"), &swap) == 0 && swap < limit)
    set_number(l, m, "swap", "linux.resources.memory.swap", limit);
}

/* -- cpu -- */

/* So many of what a group has by default as there are processors for it: a share says who comes first, not how much
 * there is, and the host's own services have the default. */
static int64_t
times_cpus(const struct limits *l, unsigned each)
{
  return l->caps->cpus > 1 ? (int64_t)(l->caps->cpus * each) : (int64_t)each;
}

static void
limit_cpu(const struct limits *l, struct cc_jval *resources)
{
  struct cc_jval *cpu = cc_jget(resources, "cpu"), *q, *p;
  int64_t quota = 0, period = 0, asked = 0, cap;

  if (cpu == NULL && !l->fill)
    return;
  cpu = cc_jneed_object(l->doc, resources, "cpu");
  drop(l, cpu, "realtimeRuntime", "linux.resources.cpu.realtimeRuntime");
  drop(l, cpu, "realtimePeriod", "linux.resources.cpu.realtimePeriod");
  drop(l, cpu, "burst", "linux.resources.cpu.burst");
  if (cc_jget(cpu, "shares") != NULL
      && (cc_jint64(cc_jget(cpu, "shares"), &asked) < 0 || asked < 0 || asked > times_cpus(l, DEFAULT_SHARES)))
    set_number(l, cpu, "shares", "linux.resources.cpu.shares", times_cpus(l, DEFAULT_SHARES));
  q = cc_jget(cpu, "quota");
  p = cc_jget(cpu, "period");
  if (l->caps->cpus <= 0 || (q == NULL && p == NULL && !l->fill))
    return;
  if (cc_jint64(p, &period) < 0 || period < 1000 || period > 1000000)
    period = (int64_t)l->caps->cpu_period;
  cap = (int64_t)(l->caps->cpus * (double)period);
  if (cap < 1000) /* the kernel's smallest quota */
    cap = 1000;
  if (cc_jint64(q, &quota) < 0 || quota <= 0 || quota > cap)
    set_number(l, cpu, "quota", "linux.resources.cpu.quota", cap);
  if (p != NULL && (cc_jint64(p, &asked) < 0 || asked != period))
    set_number(l, cpu, "period", "linux.resources.cpu.period", period);
  else if (p == NULL)
    cc_jset_int(l->doc, cpu, "period", period);
}

/* -- the rest -- */

/* -- disks -- */

static void
limit_weight(const struct limits *l, struct cc_jval *obj, const char *key, const char *place)
{
  struct cc_jval *v = cc_jget(obj, key);
  int64_t asked;

  /* 0 is what Docker 20 writes for none */
  if (v != NULL && (cc_jint64(v, &asked) < 0 || asked < 0 || asked > BLOCK_WEIGHT_MAX))
    set_number(l, obj, key, place, BLOCK_WEIGHT_MAX);
}

/* Rates hold the container only; weights let it come before the host's own services. */
static void
limit_block_io(const struct limits *l, struct cc_jval *resources)
{
  struct cc_jval *block = cc_jget(resources, "blockIO");

  limit_weight(l, block, "weight", "linux.resources.blockIO.weight");
  limit_weight(l, block, "leafWeight", "linux.resources.blockIO.leafWeight");
  cc_jeach(device, cc_jget(block, "weightDevice"))
  {
    limit_weight(l, device, "weight", "linux.resources.blockIO.weightDevice[].weight");
    limit_weight(l, device, "leafWeight", "linux.resources.blockIO.weightDevice[].leafWeight");
  }
}

/* -- the rest -- */

/* "2MB": it becomes part of a file's name. */
static bool
is_page_size(const char *size)
{
  size_t n = size != NULL ? strspn(size, "0123456789") : 0;

  return n > 0 && n < 8 && (size[n] == 'K' || size[n] == 'M' || size[n] == 'G') && strcmp(size + n + 1, "B") == 0;
}

static void
limit_hugepages(const struct limits *l, struct cc_jval *resources)
{
  struct cc_jval *list = cc_jget(resources, "hugepageLimits");

  cc_jeach(limit, list) if (!is_page_size(cc_jget_str(limit, "pageSize")))
  {
    const char *size = cc_jget_str(limit, "pageSize");

    cc_jremove(list, limit);
    cc_report_tighten(l->report, "resources", "linux.resources.hugepageLimits", size != NULL ? size : "none",
                      "removed");
  }
}

/* "100" or "default 100", as cpu.weight and io.weight take it for the whole group. */
static bool
is_low_weight(const char *text, int64_t most)
{
  size_t digits;

  if (strncmp(text, "default ", 8) == 0)
    text += 8;
  digits = strspn(text, "0123456789");
  return digits > 0 && digits <= 5 && text[digits] == '\0' && strtoll(text, NULL, 10) <= most;
}

/* cgroup v2 files by name: whatever could lift one of the caps, or is not known, goes. */
static bool
may_stay(const struct limits *l, const struct cc_jval *file)
{
  static const char *const harmless[] = { "memory.oom.group", "memory.high", "cpu.idle" };
  const char *value = cc_jstr(file);

  for (size_t i = 0; value != NULL && i < sizeof(harmless) / sizeof(harmless[0]); i++)
    if (strcmp(harmless[i], file->key) == 0)
      return true;
  if (value != NULL && strcmp(file->key, "cpu.weight") == 0)
    return is_low_weight(value, times_cpus(l, DEFAULT_WEIGHT));
  return value != NULL && strcmp(file->key, "io.weight") == 0 && is_low_weight(value, DEFAULT_WEIGHT);
}

static void
limit_unified(const struct limits *l, struct cc_jval *resources)
{
  struct cc_jval *unified = cc_jget(resources, "unified");

  cc_jeach(file, unified) if (!may_stay(l, file))
  {
    cc_jremove(unified, file);
    cc_report_tighten(l->report, "resources", "linux.resources.unified", file->key, "removed");
  }
  if (unified != NULL && unified->count == 0) /* runc on cgroup v1 fails on an empty one */
    cc_jdel(resources, "unified");
}

/* On cgroup v2 swap has a limit of its own, while memory.swap of the specification counts memory too. crun with systemd
 * gives the whole number to MemorySwapMax (1.21 measured, and up to 1.30 by its source): as much again as was allowed.
 * By the file's own name both low-level runtimes set the same. */
static void
name_swap_by_file(const struct limits *l, struct cc_jval *resources)
{
  struct cc_jval *m = cc_jget(resources, "memory");
  int64_t limit, swap;
  char text[24];

  if (!l->caps->unified || cc_jint64(cc_jget(m, "limit"), &limit) < 0 || cc_jint64(cc_jget(m, "swap"), &swap) < 0)
    return;
  snprintf(text, sizeof(text), "%" PRId64, swap - limit);
  cc_jset_str(l->doc, cc_jneed_object(l->doc, resources, "unified"), "memory.swap.max", text);
  cc_jdel(m, "swap");
  cc_report_tighten(l->report, "resources", "linux.resources.memory.swap", "by memory.swap", "by memory.swap.max");
}

void
cc_limits_apply(struct cc_json *doc, struct cc_jval *resources, const struct cc_caps *caps, bool fill,
                struct cc_report *report)
{
  struct limits l = { doc, caps, fill, report };
  struct cc_jval *pids = cc_jget(resources, "pids");

  limit_memory(&l, resources);
  limit_cpu(&l, resources);
  if (pids != NULL || fill)
    cap_limit(&l, cc_jneed_object(doc, resources, "pids"), "limit", "linux.resources.pids.limit", caps->pids);
  limit_block_io(&l, resources);
  limit_hugepages(&l, resources);
  /* classes and priorities that rules of the host's firewall and queues go by */
  drop(&l, resources, "network", "linux.resources.network");
  limit_unified(&l, resources);
  name_swap_by_file(&l, resources);
}

/* -- rlimits -- */

static const struct
{
  const char *name;
  int resource;
} rlimit_names[] = {
  { "as", RLIMIT_AS },           { "core", RLIMIT_CORE },         { "cpu", RLIMIT_CPU },
  { "data", RLIMIT_DATA },       { "fsize", RLIMIT_FSIZE },       { "locks", RLIMIT_LOCKS },
  { "memlock", RLIMIT_MEMLOCK }, { "msgqueue", RLIMIT_MSGQUEUE }, { "nice", RLIMIT_NICE },
  { "nofile", RLIMIT_NOFILE },   { "nproc", RLIMIT_NPROC },       { "rss", RLIMIT_RSS },
  { "rtprio", RLIMIT_RTPRIO },   { "rttime", RLIMIT_RTTIME },     { "sigpending", RLIMIT_SIGPENDING },
  { "stack", RLIMIT_STACK },
};

/* This process's own hard limit of "RLIMIT_…": without CAP_SYS_RESOURCE no runtime can go above it. */
static uint64_t
own_hard_limit(const char *type)
{
  struct rlimit r;

  for (size_t i = 0; i < sizeof(rlimit_names) / sizeof(rlimit_names[0]); i++)
    if (strcasecmp(type + strlen("RLIMIT_"), rlimit_names[i].name) == 0 && getrlimit(rlimit_names[i].resource, &r) == 0)
      return r.rlim_max;
  return UINT64_MAX;
}

static void
add_cap(struct cc_ulimit **list, size_t *count, const char *name, uint64_t soft, uint64_t hard)
{
  char *type = cc_xasprintf("RLIMIT_%s", name);
  uint64_t own;

  for (char *p = type; *p != '\0'; p++)
    if (*p >= 'a' && *p <= 'z')
      *p -= 32;
  for (size_t i = 0; i < *count; i++)
    if (strcmp((*list)[i].name, type) == 0)
      {
        free(type);
        return;
      }
  own = own_hard_limit(type);
  hard = hard < own ? hard : own;
  *list = cc_xrealloc(*list, (*count + 1) * sizeof(**list));
  (*list)[(*count)++] = (struct cc_ulimit){ type, soft < hard ? soft : hard, hard };
}

void
cc_ulimit_caps(const struct cc_policy *policy, struct cc_ulimit **out, size_t *count)
{
  struct cc_ulimit *list = NULL;
  size_t n = 0;

  for (size_t i = 0; i < policy->ulimit_count; i++)
    add_cap(&list, &n, policy->ulimits[i].name, policy->ulimits[i].soft, policy->ulimits[i].hard);
  add_cap(&list, &n, "nofile", DEFAULT_NOFILE, DEFAULT_NOFILE);
  add_cap(&list, &n, "core", 0, 0);
  /* with these a process without capabilities takes the processors from the whole host (sched(7)) */
  add_cap(&list, &n, "nice", 0, 0);
  add_cap(&list, &n, "rtprio", 0, 0);
  *out = list;
  *count = n;
}

static bool
lower(struct cc_json *doc, struct cc_jval *rlimit, const char *key, uint64_t cap)
{
  uint64_t asked;

  if (cc_juint64(cc_jget(rlimit, key), &asked) == 0 && asked <= cap)
    return false;
  cc_jset(doc, rlimit, key, cc_jnew_uint(doc, cap));
  return true;
}

bool
cc_rlimits_apply(struct cc_json *doc, struct cc_jval *process, const struct cc_ulimit *caps, size_t count)
{
  struct cc_jval *list = cc_jneed_array(doc, process, "rlimits");
  bool changed = false;

  for (size_t i = 0; i < count; i++)
    {
      struct cc_jval *found = NULL;

      cc_jeach(r, list)
      {
        const char *type = cc_jget_str(r, "type");

        if (type == NULL || strcasecmp(type, caps[i].name) != 0)
          continue;
        found = r;
        changed = lower(doc, r, "hard", caps[i].hard) || changed;
        changed = lower(doc, r, "soft", caps[i].soft) || changed;
      }
      if (found != NULL)
        continue;
      found = cc_jnew(doc, CC_JSON_OBJECT);
      cc_jset_str(doc, found, "type", caps[i].name);
      cc_jset(doc, found, "hard", cc_jnew_uint(doc, caps[i].hard));
      cc_jset(doc, found, "soft", cc_jnew_uint(doc, caps[i].soft));
      cc_jappend(list, found);
      changed = true;
    }
  return changed;
}
