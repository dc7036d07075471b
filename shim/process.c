#include "shim/process.h"

#include "common/own.h"
#include "common/path.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_PATH "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* -- environment -- */

/* '*' at the end stands for any rest. */
static const char *const removed[] = {
  "LD_*",          "GCONV_PATH",  "GLIBC_TUNABLES",   "LOCPATH",
  "MALLOC_TRACE",  "HOSTALIASES", "RESOLV_HOST_CONF", "RES_OPTIONS",
  "BASH_ENV",      "ENV",         "SHELLOPTS",        "BASHOPTS",
  "PS4",           "BASH_FUNC_*", "PROMPT_COMMAND",   "ZDOTDIR",
  "IFS",           "CDPATH",      "GLOBIGNORE",       "LISTEN_*",
  "NOTIFY_SOCKET",
};

static bool
is_removed(const char *entry)
{
  size_t length = strcspn(entry, "=");

  if (length == 0 || entry[length] != '=')
    return true;
  for (size_t i = 0; i < sizeof(removed) / sizeof(removed[0]); i++)
    {
      size_t n = strlen(removed[i]);
      bool prefix = removed[i][n - 1] == '*';

      if (prefix ? strncmp(entry, removed[i], n - 1) == 0 : length == n && strncmp(entry, removed[i], n) == 0)
        return true;
    }
  return false;
}

bool
cc_env_is(const char *entry, const char *name)
{
  size_t n = strlen(name);

  return strncmp(entry, name, n) == 0 && entry[n] == '=';
}

static bool
has_dot_dot(const char *path)
{
  for (const char *p = strstr(path, "/.."); p != NULL; p = strstr(p + 1, "/.."))
    if (p[3] == '/' || p[3] == '\0')
      return true;
  return false;
}

static bool
is_plain_directory(const char *dir)
{
  static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:+-@~";
  cc_auto_free char *clean = cc_path_clean(dir);

  return clean != NULL && dir[strspn(dir, plain)] == '\0' && !has_dot_dot(dir) && !cc_path_is_under(clean, "/proc");
}

/* ENTRY ("PATH=…") with only the components that may stay, malloc'd. */
static char *
clean_path(const char *entry)
{
  cc_auto_free char *list = cc_xstrdup(entry + strlen("PATH="));
  char *out = cc_xcalloc(1, strlen(entry) + 1), *state = NULL;
  size_t used = (size_t)sprintf(out, "PATH=");

  for (char *dir = strtok_r(list, ":", &state); dir != NULL; dir = strtok_r(NULL, ":", &state))
    if (is_plain_directory(dir))
      used += (size_t)sprintf(out + used, "%s%s", used > strlen("PATH=") ? ":" : "", dir);
  if (used > strlen("PATH="))
    return out;
  free(out);
  return cc_xstrdup(DEFAULT_PATH);
}

void
cc_process_scrub_env(struct cc_json *doc, struct cc_jval *process, struct cc_report *report)
{
  struct cc_jval *env = cc_jget(process, "env"), *kept = cc_jnew(doc, CC_JSON_ARRAY);
  unsigned gone = 0;

  cc_jeach(e, env)
  {
    if (is_removed(e->text))
      {
        /* the name alone: values are nobody's to record */
        cc_auto_free char *name = cc_xstrndup(e->text, strcspn(e->text, "="));

        cc_report_tighten(report, "environment", "process.env", name, "removed");
        gone++;
        continue;
      }
    if (cc_env_is(e->text, "PATH"))
      {
        cc_auto_free char *path = clean_path(e->text);

        if (strcmp(path, e->text) != 0)
          {
            cc_report_tighten(report, "environment", "process.env", e->text, "%s", path);
            gone++;
          }
        cc_jappend_str(doc, kept, path);
        continue;
      }
    cc_jappend_str(doc, kept, e->text);
  }
  if (gone > 0)
    cc_jset(doc, process, "env", kept);
}

/* -- flags -- */

/* Runtimes cut it to the 16 bits that the kernel has, each in its way. */
static bool
is_console_size(const struct cc_jval *size)
{
  static const char *const sides[] = { "height", "width" };

  for (size_t i = 0; i < sizeof(sides) / sizeof(sides[0]); i++)
    {
      const struct cc_jval *side = cc_jget(size, sides[i]);
      uint64_t n = 0;

      if (side != NULL && (cc_juint64(side, &n) < 0 || n > UINT16_MAX))
        return false;
    }
  return true;
}

void
cc_process_tighten(struct cc_json *doc, struct cc_jval *process, struct cc_report *report)
{
  int64_t adj;

  if (!cc_jbool(cc_jget(process, "noNewPrivileges"), false))
    {
      cc_jset_bool(doc, process, "noNewPrivileges", true);
      cc_report_tighten(report, "no-new-privs", "process.noNewPrivileges", "false", "true");
    }
  if (cc_jget(process, "oomScoreAdj") != NULL
      && (cc_jint64(cc_jget(process, "oomScoreAdj"), &adj) < 0 || adj < 0 || adj > 1000))
    {
      cc_jset_int(doc, process, "oomScoreAdj", 0);
      cc_report_tighten(report, "process", "process.oomScoreAdj", "below 0", "0");
    }
  if (!is_console_size(cc_jget(process, "consoleSize")) && cc_jdel(process, "consoleSize"))
    cc_report_tighten(report, "process", "process.consoleSize", "no terminal's", "removed");
  if (cc_jdel(process, "scheduler"))
    cc_report_tighten(report, "process", "process.scheduler", "set", "removed");
  if (cc_jdel(process, "ioPriority"))
    cc_report_tighten(report, "process", "process.ioPriority", "set", "removed");
  if (cc_jdel(process, "execCPUAffinity"))
    cc_report_tighten(report, "process", "process.execCPUAffinity", "set", "removed");
}

void
cc_process_limit_oom(struct cc_json *doc, struct cc_jval *process, int own, struct cc_report *report)
{
  if (own >= 0 || cc_jget(process, "oomScoreAdj") != NULL)
    return;
  cc_jset_int(doc, process, "oomScoreAdj", 0);
  cc_report_tighten(report, "process", "process.oomScoreAdj", "the engine's own", "0");
}

void
cc_process_check_cwd(const struct cc_jval *process, struct cc_report *report)
{
  const char *cwd = cc_jget_str(process, "cwd");
  cc_auto_free char *clean = cwd != NULL ? cc_path_clean(cwd) : NULL;

  if (clean == NULL || has_dot_dot(cwd) || cc_path_is_under(clean, "/proc"))
    cc_report_refuse(report, "process-cwd",
                     "working directory `%s`: it must be absolute, plain, and outside of /proc; name another",
                     cwd != NULL ? cwd : "");
}

/* -- user -- */

static bool
id_in_range(const struct cc_jval *v, uint32_t *out)
{
  uint64_t n = 0;

  if (v != NULL && (cc_juint64(v, &n) < 0 || n > CC_ID_MAX))
    return false;
  if (out != NULL)
    *out = (uint32_t)n;
  return true;
}

bool
cc_process_read_user(const struct cc_jval *process, uint32_t *uid, uint32_t *gid, struct cc_report *report)
{
  const struct cc_jval *user = cc_jget(process, "user");
  bool good = id_in_range(cc_jget(user, "uid"), uid) && id_in_range(cc_jget(user, "gid"), gid);

  cc_jeach(g, cc_jget(user, "additionalGids")) good = good && id_in_range(g, NULL);
  if (!good)
    cc_report_refuse(report, "user",
                     "process.user: an id outside of 0 to %u wraps around to another; use a smaller one", CC_ID_MAX);
  return good;
}

void
cc_process_set_user(struct cc_json *doc, struct cc_jval *process, uint32_t uid, uint32_t gid, struct cc_report *report)
{
  struct cc_jval *user = cc_jneed_object(doc, process, "user");
  const struct cc_jval *old = cc_jget(user, "uid");
  char was[24];

  snprintf(was, sizeof(was), "%s", old != NULL && old->text != NULL ? old->text : "0");
  cc_jset_int(doc, user, "uid", uid);
  cc_jset_int(doc, user, "gid", gid);
  cc_jdel(user, "additionalGids");
  cc_report_tighten(report, "user", "process.user", was, "%u:%u", uid, gid);
}

void
cc_process_drop_root_group(struct cc_json *doc, struct cc_jval *process, uint32_t instead, struct cc_report *report)
{
  struct cc_jval *user = cc_jneed_object(doc, process, "user"), *groups = cc_jget(user, "additionalGids");
  uint64_t gid = 0;

  cc_juint64(cc_jget(user, "gid"), &gid);
  if (gid == 0 && instead != 0)
    {
      cc_jset_int(doc, user, "gid", instead);
      cc_report_tighten(report, "user", "process.user.gid", "0", "%u", instead);
    }
  cc_jeach(g, groups) if (strcmp(g->text, "0") == 0)
  {
    cc_jremove(groups, g);
    cc_report_tighten(report, "user", "process.user.additionalGids", "group 0", "removed");
  }
}
