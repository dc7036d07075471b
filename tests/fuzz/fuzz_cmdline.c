/* The command line, split at NUL. What is read as a call that a policy depends on must be what runc and what crun read
 * in it; what is passed on must be none for either. Both are read here by the rules of their own libraries: Go's flag
 * package under urfave/cli 1.22 (runc 1.1), and glibc's getopt_long, on which argp stands (crun). */
#include "common/own.h"
#include "invariants.h"
#include "shim/call.h"
#include "shim/cmdline.h"

#include <getopt.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MAX_ARGS 48
#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

enum program
{
  RUNC = 1,
  CRUN = 2,
  BOTH = 3
};

/* One of getopt_long's values for each option that is compared. */
enum
{
  PLAIN = 1000,
  ROOT,
  BUNDLE,
  PROCESS,
  RESOURCES,
  ENDS /* help and version: whatever else is there, nothing is done */
};

struct known
{
  const char *subs; /* " create run ", "" for before the subcommand */
  const char *name;
  char letter;
  bool takes_value;
  enum program program;
  int what;
};

static const struct known knowns[] = {
  { "", "root", 0, true, BOTH, ROOT },
  { "", "log", 0, true, BOTH, PLAIN },
  { "", "log-format", 0, true, BOTH, PLAIN },
  { "", "debug", 0, false, BOTH, PLAIN },
  { "", "criu", 0, true, RUNC, PLAIN },
  { "", "systemd-cgroup", 0, false, BOTH, PLAIN },
  { "", "rootless", 0, true, BOTH, PLAIN },
  { "", "cgroup-manager", 0, true, CRUN, PLAIN },
  { "", "help", 'h', false, RUNC, ENDS },
  { "", "version", 'v', false, BOTH, ENDS },
  { "", "help", 0, false, CRUN, ENDS },
  { " create run exec update delete start ", "help", 'h', false, RUNC, ENDS },
  { " create run exec update delete start ", "help", 0, false, CRUN, ENDS },
  { " create run ", "bundle", 'b', true, BOTH, BUNDLE },
  { " create run ", "config", 'f', true, CRUN, PLAIN },
  { " create run exec ", "console-socket", 0, true, BOTH, PLAIN },
  { " create run exec ", "pid-file", 0, true, BOTH, PLAIN },
  { " create run exec ", "preserve-fds", 0, true, BOTH, PLAIN },
  { " create run ", "no-pivot", 0, false, BOTH, PLAIN },
  { " create run ", "no-new-keyring", 0, false, BOTH, PLAIN },
  { " run ", "no-subreaper", 0, false, BOTH, PLAIN },
  { " run exec ", "detach", 'd', false, BOTH, PLAIN },
  { " run ", "keep", 0, false, BOTH, PLAIN },
  { " exec ", "process", 'p', true, BOTH, PROCESS },
  { " exec ", "cwd", 0, true, BOTH, PLAIN },
  { " exec ", "env", 'e', true, BOTH, PLAIN },
  { " exec ", "tty", 't', false, BOTH, PLAIN },
  { " exec ", "user", 'u', true, BOTH, PLAIN },
  { " exec ", "cap", 'c', true, BOTH, PLAIN },
  { " exec ", "no-new-privs", 0, false, BOTH, PLAIN },
  { " exec ", "apparmor", 0, true, BOTH, PLAIN },
  { " exec ", "process-label", 0, true, BOTH, PLAIN },
  { " update ", "resources", 'r', true, BOTH, RESOURCES },
  { " update ", "memory", 0, true, BOTH, PLAIN },
  { " update ", "pids-limit", 0, true, BOTH, PLAIN },
  { " delete ", "force", 'f', false, BOTH, PLAIN },
};

/* What a reference reading gives. */
struct reading
{
  const char *sub, *id, *root, *bundle, *process, *resources;
};

static const char **
slot(struct reading *r, int what)
{
  static const char *unused;

  return what == ROOT        ? &r->root
         : what == BUNDLE    ? &r->bundle
         : what == PROCESS   ? &r->process
         : what == RESOURCES ? &r->resources
                             : &unused;
}

static bool
belongs(const struct known *k, const char *sub, enum program program)
{
  char padded[40];

  if ((k->program & program) == 0 || (k->subs[0] == '\0') != (sub == NULL))
    return false;
  if (sub == NULL)
    return true;
  if (strlen(sub) > 30)
    return false;
  snprintf(padded, sizeof(padded), " %s ", sub);
  return strstr(k->subs, padded) != NULL;
}

static bool
is_intercepted(const char *sub)
{
  static const char *const names[] = { "create", "run", "start", "exec", "update", "delete", "restore", "checkpoint" };

  for (size_t i = 0; i < N_ELEMENTS(names); i++)
    if (strcmp(names[i], sub) == 0)
      return true;
  return false;
}

/* -- as Go reads it -- */

static const struct known *
go_find(const char *name, size_t length, const char *sub)
{
  for (size_t i = 0; i < N_ELEMENTS(knowns); i++)
    if (belongs(&knowns[i], sub, RUNC)
        && ((strlen(knowns[i].name) == length && strncmp(knowns[i].name, name, length) == 0)
            || (length == 1 && name[0] == knowns[i].letter)))
      return &knowns[i];
  return NULL;
}

/* flag.FlagSet.Parse: the place of the first argument, or -1 for an error (or for help, which ends the call as well).
 */
static int
go_flags(int argc, char **argv, const char *sub, struct reading *r)
{
  int i = 0;

  for (; i < argc; i++)
    {
      const char *name = argv[i], *value;
      const struct known *k;

      if (name[0] != '-' || name[1] == '\0')
        return i;
      if (strcmp(name, "--") == 0)
        return i + 1;
      name += name[1] == '-' ? 2 : 1;
      if (name[0] == '-' || name[0] == '=')
        return -1;
      k = go_find(name, strcspn(name, "="), sub);
      if (k == NULL)
        return -1;
      value = strchr(name, '=');
      if (k->takes_value && value == NULL && ++i >= argc)
        return -1;
      if (k->takes_value)
        *slot(r, k->what) = value != NULL ? value + 1 : argv[i];
      else if (value != NULL && strcmp(value, "=true") != 0 && strcmp(value, "=false") != 0)
        return -1;
      if (k->what == ENDS && (value == NULL || strcmp(value, "=true") == 0))
        return -1;
    }
  return i;
}

/* urfave/cli 1.22, reorderArgs: what looks like one of the command's flags is moved before the arguments, with what
 * follows it. */
static int
go_reorder(int argc, char **argv, const char *sub, char **out)
{
  char *rest[MAX_ARGS];
  int n = 0, left = 0;
  bool value_next = false;

  for (int i = 0; i < argc; i++)
    {
      const char *name = argv[i] + (argv[i][0] == '-') + (argv[i][0] == '-' && argv[i][1] == '-');
      bool flag = name > argv[i] && name[0] != '\0' && go_find(name, strcspn(name, "="), sub) != NULL;

      if (value_next && !flag)
        {
          value_next = false;
          out[n++] = argv[i];
        }
      else if (strcmp(argv[i], "--") == 0)
        {
          while (i < argc)
            rest[left++] = argv[i++];
        }
      else if (flag)
        {
          value_next = strchr(argv[i], '=') == NULL;
          out[n++] = argv[i];
        }
      else
        rest[left++] = argv[i];
    }
  for (int i = 0; i < left; i++)
    out[n++] = rest[i];
  return n;
}

static bool
read_as_runc(int argc, char **argv, struct reading *r)
{
  char *ordered[MAX_ARGS];
  int at = go_flags(argc - 1, argv + 1, NULL, r), n;

  if (at < 0 || at + 1 >= argc)
    return false;
  argv += 1 + at;
  argc -= 1 + at;
  r->sub = argv[0];
  if (!is_intercepted(r->sub))
    return true;
  if (strcmp(r->sub, "exec") == 0)
    {
      memcpy(ordered, argv + 1, (size_t)(argc - 1) * sizeof(char *));
      n = argc - 1;
    }
  else
    n = go_reorder(argc - 1, argv + 1, r->sub, ordered);
  at = go_flags(n, ordered, r->sub, r);
  if (at < 0 || at >= n)
    return false;
  r->id = ordered[at];
  return strcmp(r->sub, "exec") == 0 || at + 1 == n;
}

/* -- as glibc reads it -- */

static int
getopt_flags(int argc, char **argv, const char *sub, struct reading *r)
{
  struct option longs[N_ELEMENTS(knowns) + 1] = { 0 };
  char shorts[2 * N_ELEMENTS(knowns) + 3] = "+:";
  size_t count = 0, used = 2;
  int got;

  for (size_t i = 0; i < N_ELEMENTS(knowns); i++)
    if (belongs(&knowns[i], sub, CRUN))
      {
        longs[count++] = (struct option){ knowns[i].name, knowns[i].takes_value, NULL, (int)(2000 + i) };
        if (knowns[i].letter != 0)
          {
            shorts[used++] = knowns[i].letter;
            if (knowns[i].takes_value)
              shorts[used++] = ':';
          }
      }
  optind = 0;
  opterr = 0;
  while ((got = getopt_long(argc, argv, shorts, longs, NULL)) != -1)
    {
      if (got == '?' || got == ':')
        return -1;
      for (size_t i = 0; i < N_ELEMENTS(knowns); i++)
        if (belongs(&knowns[i], sub, CRUN) && (got == (int)(2000 + i) || got == knowns[i].letter))
          {
            if (knowns[i].what == ENDS)
              return -1;
            *slot(r, knowns[i].what) = optarg;
          }
    }
  return optind;
}

static bool
read_as_crun(int argc, char **argv, struct reading *r)
{
  int at = getopt_flags(argc, argv, NULL, r);

  if (at < 0 || at >= argc)
    return false;
  argv += at;
  argc -= at;
  r->sub = argv[0];
  if (!is_intercepted(r->sub))
    return true;
  at = getopt_flags(argc, argv, r->sub, r);
  if (at < 0 || at >= argc)
    return false;
  r->id = argv[at];
  return strcmp(r->sub, "exec") == 0 || at + 1 == argc;
}

/* -- ours -- */

static bool
same(const char *a, const char *b)
{
  return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
compare(const struct cc_cmdline *c, const struct reading *r, const char *who)
{
  bool ours = c->sub != CC_SUB_NONE && c->sub != CC_SUB_OTHER;

  require(ours == is_intercepted(r->sub), "the same calls are seen", who);
  if (!ours || c->sub == CC_SUB_RESTORE || c->sub == CC_SUB_CHECKPOINT)
    return;
  require(strcmp(c->sub_name, r->sub) == 0, "the same subcommand", who);
  require(same(c->id, r->id), "the same id", who);
  require(same(c->value[CC_OPT_ROOT], r->root), "the same --root", who);
  require(same(c->value[CC_OPT_BUNDLE], r->bundle), "the same --bundle", who);
  require(same(c->value[CC_OPT_PROCESS], r->process), "the same --process", who);
  require(same(c->value[CC_OPT_RESOURCES], r->resources), "the same --resources", who);
}

/* The canonical form that the low-level runtime is given reads as the same. */
static void
check_emission(const struct cc_cmdline *c)
{
  struct cc_error err = CC_ERROR_INIT;
  struct cc_cmdline again;
  char **argv = cc_call_arguments(c, NULL, NULL);
  int argc = 0;

  while (argv[argc] != NULL)
    argc++;
  require(cc_cmdline_parse(argc, argv, &again, &err) == 0, "the canonical form is read", err.msg);
  require(again.sub == c->sub && same(again.id, c->id) && again.given_count == c->given_count, "the same call", c->id);
  for (int i = 0; i < CC_OPT_COUNT; i++)
    require(same(again.value[i], c->value[i]), "the same values", c->id);
  cc_cmdline_clear(&again);
  for (size_t i = 0, at = (size_t)c->sub_index + 1; i < c->given_count; i++)
    {
      free(argv[at]); /* "--name" is made for each; the rest is the caller's */
      at += c->given[i].value != NULL ? 2 : 1;
    }
  free(argv);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  cc_auto_free char *text = cc_xcalloc(1, size + 1);
  char *argv[MAX_ARGS + 1] = { (char *)"rt" };
  struct reading runc = { 0 }, crun = { 0 };
  struct cc_error err = CC_ERROR_INIT;
  struct cc_cmdline c;
  int argc = 1;

  memcpy(text, data, size);
  for (size_t at = 0; at < size && argc < MAX_ARGS - 1; at += strlen(text + at) + 1)
    argv[argc++] = text + at;
  if (cc_cmdline_parse(argc, argv, &c, &err) == 0)
    {
      if (read_as_runc(argc, argv, &runc))
        compare(&c, &runc, "runc");
      if (read_as_crun(argc, argv, &crun))
        compare(&c, &crun, "crun");
      if (c.sub >= CC_SUB_CREATE && c.sub <= CC_SUB_DELETE && c.id != NULL && cc_id_is_valid(c.id))
        check_emission(&c);
    }
  else
    require(cc_error_is_refusal(&err), "what is not read is refused", err.msg);
  cc_cmdline_clear(&c);
  return 0;
}
