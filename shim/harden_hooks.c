#include "common/path.h"
#include "shim/harden.h"
#include "shim/process.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const stages[]
    = { "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop" };

enum verdict
{
  KEEP,
  REMOVE,
  REFUSE
};

static const char *
first_arg(const struct cc_jval *hook)
{
  const struct cc_jval *args = cc_jget(hook, "args");
  const char *s = args != NULL ? cc_jstr(args->first) : NULL;

  return s != NULL ? s : "";
}

/* Docker up to 27 and BuildKit attach the network through their own binary, named as /proc/<dockerd>/exe. */
static bool
is_dockers_network_hook(const struct cc_jval *hook, const char *stage)
{
  const char *path = cc_jget_str(hook, "path");
  size_t digits;

  if (path == NULL || strcmp(stage, "prestart") != 0 || strcmp(first_arg(hook), "libnetwork-setkey") != 0
      || strncmp(path, "/proc/", 6) != 0)
    return false;
  digits = strspn(path + 6, "0123456789");
  return digits > 0 && strcmp(path + 6 + digits, "/exe") == 0;
}

/* The program behind /proc/<number>/exe is root's, and named as an engine's: any other process would run its own as
 * root. */
static bool
is_engines_program(const char *path)
{
  static const char *const names[] = { "dockerd", "buildkitd" };
  char real[4096];
  ssize_t n = readlink(path, real, sizeof(real) - 1);
  struct stat st;

  if (n <= 0 || stat(path, &st) < 0 || st.st_uid != 0 || (st.st_mode & 022) != 0)
    return false;
  real[n] = '\0';
  for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
    {
      const char *rest = cc_path_base(real) + strlen(names[i]);

      /* " (deleted)" follows after an upgrade */
      if (strncmp(cc_path_base(real), names[i], strlen(names[i])) == 0 && (rest[0] == '\0' || rest[0] == ' '))
        return true;
    }
  return false;
}

static bool
is_nvidias_hook(const struct cc_jval *hook)
{
  static const char *const places[] = { "/usr/bin/nvidia-container-runtime-hook", "/usr/bin/nvidia-container-toolkit",
                                        "/usr/bin/nvidia-cdi-hook", "/usr/bin/nvidia-ctk" };
  const char *path = cc_jget_str(hook, "path");

  for (size_t i = 0; path != NULL && i < sizeof(places) / sizeof(places[0]); i++)
    if (strcmp(path, places[i]) == 0)
      return true;
  return false;
}

static enum verdict
judge(const struct cc_harden *h, const struct cc_jval *hook, const char *stage)
{
  if (is_dockers_network_hook(hook, stage))
    {
      if (strcmp(h->policy->network, "none") == 0)
        return REMOVE;
      return is_engines_program(cc_jget_str(hook, "path")) ? KEEP : REFUSE;
    }
  if (is_nvidias_hook(hook) && h->policy->gpus[0] != '\0')
    return KEEP;
  return REFUSE;
}

static void
harden_hook(struct cc_harden *h, struct cc_jval *list, struct cc_jval *hook, const char *stage)
{
  const char *path = cc_jget_str(hook, "path");

  switch (judge(h, hook, stage))
    {
    case KEEP:
      /* CVE-2025-23266: a hook's environment is its own, explicit, and never the caller's by omission */
      cc_jneed_array(h->doc, hook, "env");
      cc_process_scrub_env(h->doc, hook, h->report);
      break;
    case REMOVE:
      cc_jremove(list, hook);
      cc_report_tighten(h->report, "network", "hooks.prestart", "the engine's network hook", "removed");
      break;
    case REFUSE:
      cc_report_refuse(h->report, "hook",
                       "%s hook `%s`: hooks run as root on the host, and this one is not an engine's own; remove it, "
                       "or allow `gpus`",
                       stage, path != NULL ? path : "");
      break;
    }
}

/* A low-level runtime of tomorrow may know a stage that is not known here. */
static void
refuse_unknown_stages(struct cc_harden *h, const struct cc_jval *hooks)
{
  cc_jeach(stage, hooks)
  {
    bool known = false;

    for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
      known = known || strcmp(stages[i], stage->key) == 0;
    if (!known && stage->first != NULL)
      cc_report_refuse(h->report, "hook",
                       "hooks at the stage `%s`: it is not one of the runtime specification; leave them out",
                       stage->key);
  }
}

int
cc_harden_hooks(struct cc_harden *h, struct cc_error *err)
{
  struct cc_jval *hooks = cc_jget(h->spec, "hooks");

  (void)err;
  refuse_unknown_stages(h, hooks);
  for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++)
    {
      struct cc_jval *list = cc_jget(hooks, stages[i]);

      cc_jeach(hook, list) harden_hook(h, list, hook, stages[i]);
      if (list != NULL && list->count == 0)
        cc_jdel(hooks, stages[i]);
    }
  return 0;
}
