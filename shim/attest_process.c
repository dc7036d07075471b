#include "shim/attest_internal.h"

#include "common/own.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUPS_MAX 65536 /* NGROUPS_MAX */

/* -- user and groups -- */

/* Real, effective, saved and file system id must all be the one. */
static int
compare_ids(const struct cc_attest *a, const char *key, const char *what, uint32_t expected, struct cc_error *err)
{
  const char *text = cc_attest_field(a->status, key);
  unsigned id[4];

  if (text == NULL || sscanf(text, "%u %u %u %u", &id[0], &id[1], &id[2], &id[3]) != 4)
    return cc_error_set(err, 0, "`status` has no %s", key);
  for (size_t i = 0; i < 4; i++)
    if (id[i] != expected)
      return cc_attest_differs(err, "%s of its process: it is %u of the host, not %u", what, id[i], expected);
  return 0;
}

static bool
is_expected_group(const struct cc_expect *e, unsigned long group)
{
  for (size_t i = 0; i < e->group_count; i++)
    if (e->groups[i] == group)
      return true;
  return group == e->gid;
}

/* Fewer are no danger: a runtime in a user namespace without setgroups(2) can set none. */
static int
compare_groups(const struct cc_attest *a, struct cc_error *err)
{
  const char *text = cc_attest_field(a->status, "Groups");
  char *end;

  if (text == NULL)
    return cc_error_set(err, 0, "`status` has no Groups");
  for (size_t i = 0; i < GROUPS_MAX && *text >= '0' && *text <= '9'; i++)
    {
      unsigned long group = strtoul(text, &end, 10);

      if (!is_expected_group(a->expect, group))
        return cc_attest_differs(err, "additional group %lu of its process: none of the configuration", group);
      text = end + strspn(end, " ");
    }
  return 0;
}

/* -- privileges -- */

static const char *const set_keys[CC_CAP_SETS] = {
  [CC_CAP_INHERITABLE] = "CapInh", [CC_CAP_PERMITTED] = "CapPrm", [CC_CAP_EFFECTIVE] = "CapEff",
  [CC_CAP_BOUNDING] = "CapBnd",    [CC_CAP_AMBIENT] = "CapAmb",
};

static int
compare_capabilities(const struct cc_attest *a, struct cc_error *err)
{
  for (size_t i = 0; i < CC_CAP_SETS; i++)
    {
      const char *text = cc_attest_field(a->status, set_keys[i]);
      uint64_t found;

      if (text == NULL || sscanf(text, "%" SCNx64, &found) != 1)
        return cc_error_set(err, 0, "`status` has no %s", set_keys[i]);
      if ((found & ~a->expect->capabilities[i]) != 0)
        return cc_attest_differs(err, "capabilities of its process: %s is %016" PRIx64 ", not at most %016" PRIx64,
                                 set_keys[i], found, a->expect->capabilities[i]);
    }
  return 0;
}

static int
compare_no_new_privs(const struct cc_attest *a, struct cc_error *err)
{
  const char *text = cc_attest_field(a->status, "NoNewPrivs");

  if (text == NULL)
    return cc_error_set(err, 0, "`status` has no NoNewPrivs");
  if (a->expect->no_new_privs && text[0] != '1')
    return cc_attest_differs(err, "no_new_privs of its process: it is not set");
  return 0;
}

int
cc_attest_process(struct cc_attest *a, struct cc_error *err)
{
  if (cc_attest_read(a, "status", &a->status, err) < 0 || compare_ids(a, "Uid", "user", a->expect->uid, err) < 0
      || compare_ids(a, "Gid", "group", a->expect->gid, err) < 0 || compare_groups(a, err) < 0
      || compare_capabilities(a, err) < 0)
    return CC_FAILED;
  return compare_no_new_privs(a, err);
}

/* -- limits: of prlimit(2), which wants CAP_SYS_RESOURCE for another user's process, so from the text -- */

/* Names in /proc/PID/limits (fs/proc/base.c, lnames). */
static const struct
{
  const char *name, *line;
} limit_lines[] = {
  { "RLIMIT_AS", "Max address space" },
  { "RLIMIT_CORE", "Max core file size" },
  { "RLIMIT_CPU", "Max cpu time" },
  { "RLIMIT_DATA", "Max data size" },
  { "RLIMIT_FSIZE", "Max file size" },
  { "RLIMIT_LOCKS", "Max file locks" },
  { "RLIMIT_MEMLOCK", "Max locked memory" },
  { "RLIMIT_MSGQUEUE", "Max msgqueue size" },
  { "RLIMIT_NICE", "Max nice priority" },
  { "RLIMIT_NOFILE", "Max open files" },
  { "RLIMIT_NPROC", "Max processes" },
  { "RLIMIT_RSS", "Max resident set" },
  { "RLIMIT_RTPRIO", "Max realtime priority" },
  { "RLIMIT_RTTIME", "Max realtime timeout" },
  { "RLIMIT_SIGPENDING", "Max pending signals" },
  { "RLIMIT_STACK", "Max stack size" },
};

static const char *
line_of(const char *text, const char *name)
{
  for (size_t i = 0; i < sizeof(limit_lines) / sizeof(limit_lines[0]); i++)
    if (strcmp(limit_lines[i].name, name) == 0)
      {
        const char *line = strstr(text, limit_lines[i].line);

        return line != NULL ? line + strlen(limit_lines[i].line) : NULL;
      }
  return NULL;
}

/* A number, or "unlimited". */
static const char *
read_limit(const char *text, uint64_t *out)
{
  char *end;

  text += strspn(text, " ");
  if (strncmp(text, "unlimited", 9) == 0)
    {
      *out = UINT64_MAX;
      return text + 9;
    }
  *out = strtoull(text, &end, 10);
  return end != text ? end : NULL;
}

int
cc_attest_limits_of_process(struct cc_attest *a, struct cc_error *err)
{
  cc_auto_free char *text = NULL;

  if (a->limits->ulimit_count == 0)
    return 0;
  if (cc_attest_read(a, "limits", &text, err) < 0)
    return CC_FAILED;
  for (size_t i = 0; i < a->limits->ulimit_count; i++)
    {
      const struct cc_ulimit *cap = &a->limits->ulimits[i];
      const char *line = line_of(text, cap->name);
      uint64_t soft, hard;

      if (line == NULL || (line = read_limit(line, &soft)) == NULL || read_limit(line, &hard) == NULL)
        return cc_error_set(err, 0, "`limits` has no %s", cap->name);
      if (soft > cap->soft || hard > cap->hard)
        return cc_attest_differs(
            err, "%s of its process: it is %" PRIu64 " and %" PRIu64 ", not at most %" PRIu64 " and %" PRIu64,
            cap->name, soft, hard, cap->soft, cap->hard);
    }
  return 0;
}
