#include "invariants.h"

#include "common/path.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define MEMORY (2ll << 30)
#define TMPFS (256ull << 20)
#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

void
require(bool condition, const char *what, const char *text)
{
  if (condition)
    return;
  fprintf(stderr, "must hold: %s\n%s\n", what, text);
  abort();
}

char *
to_text(const struct cc_jval *value)
{
  struct cc_error err = CC_ERROR_INIT;
  size_t length;
  char *text;

  require(cc_json_write(value, &text, &length, &err) == 0, "what was read can be written", err.msg);
  require(strlen(text) == length, "no NUL in what is written", text);
  return text;
}

struct cc_json *
from_text(const char *text)
{
  struct cc_error err = CC_ERROR_INIT;
  struct cc_json *doc;

  require(cc_json_parse(text, strlen(text), "written", &doc, &err) == 0, "what was written can be read", text);
  return doc;
}

static bool
is_text(const struct cc_jval *v, const char *s)
{
  return cc_jstr(v) != NULL && strcmp(cc_jstr(v), s) == 0;
}

static bool
starts(const char *s, const char *prefix)
{
  return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool
is_one_of(const char *s, const char *const *list, size_t count)
{
  for (size_t i = 0; s != NULL && i < count; i++)
    if (strcmp(s, list[i]) == 0)
      return true;
  return false;
}

/* -- process -- */

static void
require_rlimits(const struct cc_jval *process, const char *text)
{
  unsigned core = 0, nofile = 0;

  cc_jeach(r, cc_jget(process, "rlimits"))
  {
    uint64_t hard = 0, soft = 0;

    const char *type = cc_jget_str(r, "type");

    if (type == NULL || (strcasecmp(type, "RLIMIT_CORE") != 0 && strcasecmp(type, "RLIMIT_NOFILE") != 0))
      continue;
    require(cc_juint64(cc_jget(r, "hard"), &hard) == 0 && cc_juint64(cc_jget(r, "soft"), &soft) == 0, "rlimits", text);
    if (strcasecmp(type, "RLIMIT_CORE") == 0)
      {
        core++;
        require(hard == 0 && soft == 0, "no core", text);
      }
    else
      {
        nofile++;
        require(hard <= 65536 && soft <= 65536, "open files", text);
      }
  }
  require(core >= 1 && nofile >= 1, "rlimits for core and open files", text);
}

static void
require_environment(const struct cc_jval *process, const char *text)
{
  static const char *const gone[]
      = { "LD_", "BASH_ENV=", "ENV=", "SHELLOPTS=", "PS4=", "BASH_FUNC_", "GCONV_PATH=", "GLIBC_TUNABLES=" };

  cc_jeach(e, cc_jget(process, "env"))
  {
    for (size_t i = 0; i < N_ELEMENTS(gone); i++)
      require(!starts(e->text, gone[i]), gone[i], text);
    require(strchr(e->text, '=') != NULL && e->text[0] != '=', "an entry has a name and a value", text);
    if (starts(e->text, "PATH="))
      require(e->text[5] == '/' && strstr(e->text, "::") == NULL && strstr(e->text, "/..:") == NULL, "PATH is absolute",
              text);
  }
}

void
require_process(const struct cc_jval *process, const char *text)
{
  static const char *const sets[] = { "bounding", "effective", "inheritable", "permitted", "ambient" };
  static const char *const gone[] = { "scheduler", "ioPriority", "execCPUAffinity" };
  const char *cwd = cc_jget_str(process, "cwd");
  uint64_t id = 0;
  int64_t adj = 0;

  for (size_t i = 0; i < N_ELEMENTS(sets); i++)
    {
      const struct cc_jval *set = cc_jget(cc_jget(process, "capabilities"), sets[i]);

      require(cc_jis(set, CC_JSON_ARRAY) && set->count == 0, "five empty capability sets", text);
    }
  for (size_t i = 0; i < N_ELEMENTS(gone); i++)
    require(cc_jget(process, gone[i]) == NULL, gone[i], text);
  require(cc_jbool(cc_jget(process, "noNewPrivileges"), false), "noNewPrivileges", text);
  require(cc_juint64(cc_jpath(process, "user.uid"), &id) == 0 && id > 0 && id <= INT32_MAX, "uid", text);
  if (cc_jpath(process, "user.gid") != NULL)
    require(cc_juint64(cc_jpath(process, "user.gid"), &id) == 0 && id <= INT32_MAX, "gid", text);
  cc_jeach(g, cc_jpath(process, "user.additionalGids"))
      require(cc_juint64(g, &id) == 0 && id > 0 && id <= INT32_MAX, "additional group", text);
  if (cc_jget(process, "oomScoreAdj") != NULL)
    require(cc_jint64(cc_jget(process, "oomScoreAdj"), &adj) == 0 && adj >= 0 && adj <= 1000, "oomScoreAdj", text);
  if (cc_jpath(process, "consoleSize.height") != NULL)
    require(cc_juint64(cc_jpath(process, "consoleSize.height"), &id) == 0 && id <= UINT16_MAX, "consoleSize", text);
  require(cwd != NULL && cwd[0] == '/' && strstr(cwd, "/../") == NULL && !starts(cwd, "/proc/"), "cwd", text);
  require(!is_text(cc_jget(process, "apparmorProfile"), "unconfined"), "apparmor", text);
  require_environment(process, text);
  require_rlimits(process, text);
}

/* -- resources -- */

/* 0 < VALUE <= CAP where it is there, or must be. */
static void
require_cap(const struct cc_jval *value, int64_t cap, bool needed, const char *what, const char *text)
{
  int64_t n;

  if (value == NULL)
    require(!needed, what, text);
  else
    require(cc_jint64(value, &n) == 0 && n > 0 && n <= cap, what, text);
}

void
require_resources(const struct cc_jval *r, bool all, const char *text)
{
  static const char *const gone[]
      = { "memory.kernel", "memory.kernelTCP", "memory.useHierarchy", "cpu.realtimeRuntime", "cpu.realtimePeriod",
          "cpu.burst",     "network" };
  static const char *const weights[] = { "blockIO.weight", "blockIO.leafWeight" };
  int64_t quota = 0, period = 0, weight = 0;

  for (size_t i = 0; i < N_ELEMENTS(gone); i++)
    require(cc_jpath(r, gone[i]) == NULL, gone[i], text);
  require_cap(cc_jpath(r, "memory.limit"), MEMORY, all, "memory.limit", text);
  require_cap(cc_jpath(r, "memory.swap"), MEMORY, false, "memory.swap", text);
  require_cap(cc_jpath(r, "pids.limit"), 512, all, "pids.limit", text);
  require(!cc_jbool(cc_jpath(r, "memory.disableOOMKiller"), false), "the OOM killer stays", text);
  if (cc_jpath(r, "cpu.quota") != NULL)
    require(cc_jint64(cc_jpath(r, "cpu.quota"), &quota) == 0 && quota > 0
                && cc_jint64(cc_jpath(r, "cpu.period"), &period) == 0 && period >= 1000 && period <= 1000000
                && quota <= 2 * period,
            "cpu quota", text);
  else
    require(cc_jpath(r, "cpu.period") == NULL, "no period without a quota", text);
  if (cc_jpath(r, "cpu.shares") != NULL)
    require(cc_jint64(cc_jpath(r, "cpu.shares"), &weight) == 0 && weight >= 0 && weight <= 2048, "shares", text);
  for (size_t i = 0; i < N_ELEMENTS(weights); i++)
    if (cc_jpath(r, weights[i]) != NULL)
      require(cc_jint64(cc_jpath(r, weights[i]), &weight) == 0 && weight >= 0 && weight <= 19, weights[i], text);
  cc_jeach(h, cc_jget(r, "hugepageLimits"))
      require(cc_jget_str(h, "pageSize") != NULL && strchr(cc_jget_str(h, "pageSize"), '/') == NULL, "page size", text);
  cc_jeach(u, cc_jget(r, "unified"))
      require(strstr(u->key, ".max") == NULL && !starts(u->key, "cgroup."), "cgroup v2 files", text);
}

/* -- the whole configuration -- */

static void
require_namespaces(const struct cc_jval *linux_, const char *text)
{
  static const char *const own[] = { "mount", "pid", "ipc", "uts", "cgroup", "network" };
  unsigned found[N_ELEMENTS(own)] = { 0 };

  cc_jeach(ns, cc_jget(linux_, "namespaces")) for (size_t i = 0; i < N_ELEMENTS(own);
                                                   i++) if (is_text(cc_jget(ns, "type"), own[i]))
  {
    const char *path = cc_jget_str(ns, "path");

    found[i]++;
    require(path == NULL || path[0] == '\0', "no joined namespace", text);
  }
  for (size_t i = 0; i < N_ELEMENTS(own); i++)
    require(found[i] == 1, own[i], text);
}

static void
require_mounts(const struct cc_jval *spec, const char *text)
{
  static const char *const refused[]
      = { "shared", "rshared", "unbindable", "runbindable", "suid", "dev", "remount", "idmap", "ridmap" };
  static const char *const dev[] = { "/dev/pts", "/dev/shm", "/dev/mqueue", "/dev" };

  cc_jeach(m, cc_jget(spec, "mounts"))
  {
    const char *at = cc_jget_str(m, "destination");
    bool bind = cc_jarray_has(cc_jget(m, "options"), "bind") || cc_jarray_has(cc_jget(m, "options"), "rbind");

    require(at != NULL && cc_path_is_clean(at) && strcmp(at, "/") != 0, "clean destinations", text);
    require(!cc_path_is_under(at, "/proc") || (is_text(cc_jget(m, "type"), "proc") && !bind), "nothing over /proc",
            text);
    require(!cc_path_is_under(at, "/sys") || !bind, "no bind over /sys", text);
    require(!cc_path_is_under(at, "/dev") || is_one_of(at, dev, N_ELEMENTS(dev)), "nothing over /dev", text);
    for (size_t i = 0; i < N_ELEMENTS(refused); i++)
      require(!cc_jarray_has(cc_jget(m, "options"), refused[i]), refused[i], text);
    for (const struct cc_jval *other = m->next; other != NULL; other = other->next)
      require(!is_text(cc_jget(other, "destination"), at), "one mount at a place", text);
  }
}

static void
require_tmpfs_sizes(const struct cc_jval *spec, const char *text)
{
  cc_jeach(m, cc_jget(spec, "mounts"))
  {
    unsigned sizes = 0;

    if (!is_text(cc_jget(m, "type"), "tmpfs") || cc_jarray_has(cc_jget(m, "options"), "bind")
        || cc_jarray_has(cc_jget(m, "options"), "rbind"))
      continue;
    cc_jeach(o, cc_jget(m, "options"))
    {
      require(!starts(o->text, "nr_blocks="), "tmpfs by blocks", text);
      if (!starts(o->text, "size="))
        continue;
      sizes++;
      require(o->text[5] >= '1' && o->text[5] <= '9', "tmpfs size", text);
    }
    require(sizes >= 1, "every tmpfs has a size", text);
  }
}

static void
require_devices(const struct cc_jval *linux_, const char *text)
{
  const struct cc_jval *rules = cc_jpath(linux_, "resources.devices");

  require(rules != NULL && rules->first != NULL && !cc_jbool(cc_jget(rules->first, "allow"), false), "denied first",
          text);
  cc_jeach(r, rules)
  {
    int64_t major = -1;

    cc_jint64(cc_jget(r, "major"), &major);
    require(!cc_jbool(cc_jget(r, "allow"), false) || major == 1 || major == 5 || major == 136, "device rule", text);
  }
  cc_jeach(d, cc_jget(linux_, "devices"))
  {
    int64_t major = -1;
    uint64_t mode = 0;

    cc_jint64(cc_jget(d, "major"), &major);
    require(major == 1 || major == 5, "device node", text);
    require(cc_jget(d, "fileMode") == NULL
                || (cc_juint64(cc_jget(d, "fileMode"), &mode) == 0
                    && ((mode & ~(uint64_t)07777) == 0 || (mode & ~(uint64_t)07777) == S_IFCHR)),
            "mode of a device node", text);
  }
}

static void
require_free_maps(const struct cc_jval *spec, const char *text)
{
  static const char *const steering[]
      = { "run.oci.", "krun.", "module.wasm.", "io.containerd.runc.v2.", "org.criu.", "dev.gvisor." };

  cc_jeach(a, cc_jget(spec, "annotations")) for (size_t i = 0; i < N_ELEMENTS(steering); i++)
      require(!starts(a->key, steering[i]), "no steering annotation", text);
  cc_jeach(a, cc_jget(spec, "annotations"))
      require(strcmp(a->key, "bundle") != 0 && strchr(a->key, '=') == NULL, "no annotation as runc's label", text);
  cc_jeach(s, cc_jpath(spec, "linux.sysctl"))
      require(starts(s->key, "net.ipv") || strcmp(s->key, "kernel.shm_rmid_forced") == 0, "sysctls", text);
}

void
require_config(const struct cc_jval *spec, const char *text)
{
  static const char *const gone[] = { "linux.intelRdt", "linux.memoryPolicy" };
  const struct cc_jval *linux_ = cc_jget(spec, "linux");
  const char *action = cc_jget_str(cc_jget(linux_, "seccomp"), "defaultAction");
  const char *propagation = cc_jget_str(linux_, "rootfsPropagation");

  require_process(cc_jget(spec, "process"), text);
  require_resources(cc_jget(linux_, "resources"), true, text);
  require(cc_jbool(cc_jpath(spec, "root.readonly"), false), "root is read-only", text);
  require(action != NULL && strcmp(action, "SCMP_ACT_ALLOW") != 0 && strcmp(action, "SCMP_ACT_LOG") != 0
              && strcmp(action, "SCMP_ACT_TRACE") != 0 && strcmp(action, "SCMP_ACT_NOTIFY") != 0,
          "seccomp denies by default", text);
  require(cc_jpath(linux_, "personality") == NULL || is_text(cc_jpath(linux_, "personality.domain"), "LINUX"),
          "personality", text);
  require(cc_jpath(linux_, "seccomp.listenerPath") == NULL, "no listener", text);
  require(propagation == NULL || strstr(propagation, "shared") == NULL, "propagation", text);
  require(cc_jarray_has(cc_jget(linux_, "maskedPaths"), "/proc/kcore"), "masked paths", text);
  require(cc_jarray_has(cc_jget(linux_, "readonlyPaths"), "/proc/sys"), "read-only paths", text);
  cc_jeach(stage, cc_jget(spec, "hooks")) require(!cc_jis(stage, CC_JSON_ARRAY) || stage->count == 0, "no hooks", text);
  for (size_t i = 0; i < N_ELEMENTS(gone); i++)
    require(cc_jpath(spec, gone[i]) == NULL, gone[i], text);
  require(cc_jget(linux_, "netDevices") == NULL || cc_jget(linux_, "netDevices")->count == 0, "network devices", text);
  cc_jeach(clock, cc_jget(linux_, "timeOffsets"))
      require(strcmp(clock->key, "monotonic") == 0 || strcmp(clock->key, "boottime") == 0, "clocks", text);
  require_namespaces(linux_, text);
  require_mounts(spec, text);
  require_tmpfs_sizes(spec, text);
  require_devices(linux_, text);
  require_free_maps(spec, text);
}
