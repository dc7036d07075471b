#include "common/own.h"
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

/* The argument NUMBER of HOOK, its own name being 0; "" when there is none. */
static const char *
argument(const struct cc_jval *hook, unsigned number)
{
  const char *s = NULL;

  cc_jeach(a, cc_jget(hook, "args")) if (number-- == 0) s = cc_jstr(a);
  return s != NULL ? s : "";
}

/* Docker up to 27 and BuildKit attach the network through their own binary, named as /proc/<dockerd>/exe. */
static bool
is_dockers_network_hook(const struct cc_jval *hook, const char *stage)
{
  const char *path = cc_jget_str(hook, "path");
  size_t digits;

  if (path == NULL || strcmp(stage, "prestart") != 0 || strcmp(argument(hook, 0), "libnetwork-setkey") != 0
      || strncmp(path, "/proc/", 6) != 0)
    return false;
  digits = strspn(path + 6, "0123456789");
  return digits > 0 && strcmp(path + 6 + digits, "/exe") == 0;
}

/* A container has a process namespace of its own, where its root may call any program dockerd. */
static bool
shares_process_namespace(const char *exe)
{
  cc_auto_free char *path = cc_xasprintf("%.*s/ns/pid", (int)(strlen(exe) - strlen("/exe")), exe);
  struct stat own, st;

  return stat("/proc/self/ns/pid", &own) == 0 && stat(path, &st) == 0 && own.st_dev == st.st_dev
         && own.st_ino == st.st_ino;
}

/* The program behind /proc/<number>/exe is root's, named as an engine's, and outside of containers: any other process
 * would run its own as root. */
static bool
is_engines_program(const char *path)
{
  static const char *const names[] = { "dockerd", "buildkitd" };
  char real[4096];
  ssize_t n = readlink(path, real, sizeof(real) - 1);
  struct stat st;

  if (n <= 0 || stat(path, &st) < 0 || st.st_uid != 0 || (st.st_mode & 022) != 0 || !shares_process_namespace(path))
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

/* What engines have them do. nvidia-ctk also writes configurations of engines as root. */
static bool
is_nvidias_hook(const struct cc_jval *hook)
{
  static const struct
  {
    const char *path, *command; /* NULL: all of its commands are hooks */
  } known[] = {
    { "/usr/bin/nvidia-container-runtime-hook", "prestart" },
    { "/usr/bin/nvidia-container-toolkit", "prestart" },
    { "/usr/bin/nvidia-cdi-hook", NULL },
    { "/usr/bin/nvidia-ctk", "hook" },
  };
  const char *path = cc_jget_str(hook, "path"), *command = argument(hook, 1);

  for (size_t i = 0; path != NULL && i < sizeof(known) / sizeof(known[0]); i++)
    if (strcmp(path, known[i].path) == 0)
      return known[i].command == NULL || strcmp(command, known[i].command) == 0;
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
