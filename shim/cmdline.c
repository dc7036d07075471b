#include "shim/cmdline.h"

#include "common/own.h"

#include <string.h>

#define BIT(sub) (1u << (sub))
#define GLOBAL BIT(CC_SUB_NONE)
#define CREATE (BIT(CC_SUB_CREATE) | BIT(CC_SUB_RUN))
#define EXEC BIT(CC_SUB_EXEC)
#define UPDATE BIT(CC_SUB_UPDATE)

struct option
{
  const char *name;
  char letter; /* short form, 0 for none */
  bool takes_value;
  unsigned where; /* BIT()s of subcommands; GLOBAL for before the subcommand */
  enum cc_option option;
};

/* runc 1.1 to 1.5 and crun 1.8 to 1.30; `where` is the union of both. */
static const struct option options[] = {
  { "root", 0, true, GLOBAL, CC_OPT_ROOT },
  { "log", 0, true, GLOBAL, CC_OPT_LOG },
  { "log-format", 0, true, GLOBAL, CC_OPT_LOG_FORMAT },
  { "log-level", 0, true, GLOBAL, CC_OPT_OTHER },
  { "debug", 0, false, GLOBAL, CC_OPT_OTHER },
  { "criu", 0, true, GLOBAL, CC_OPT_OTHER },
  { "systemd-cgroup", 0, false, GLOBAL, CC_OPT_SYSTEMD_CGROUP },
  { "cgroup-manager", 0, true, GLOBAL, CC_OPT_CGROUP_MANAGER },
  { "rootless", 0, true, GLOBAL, CC_OPT_ROOTLESS },
  { "version", 'v', false, GLOBAL, CC_OPT_VERSION },
  { "help", 'h', false, GLOBAL, CC_OPT_VERSION },

  { "bundle", 'b', true, CREATE, CC_OPT_BUNDLE },
  { "config", 'f', true, CREATE, CC_OPT_CONFIG },
  { "console-socket", 0, true, CREATE | EXEC, CC_OPT_OTHER },
  { "pidfd-socket", 0, true, CREATE | EXEC, CC_OPT_OTHER },
  { "pid-file", 0, true, CREATE | EXEC, CC_OPT_OTHER },
  { "preserve-fds", 0, true, CREATE | EXEC, CC_OPT_PRESERVE_FDS },
  { "no-pivot", 0, false, CREATE, CC_OPT_NO_PIVOT },
  { "no-new-keyring", 0, false, CREATE, CC_OPT_NO_KEYRING },
  { "no-subreaper", 0, false, CREATE, CC_OPT_OTHER },
  { "keep", 0, false, CREATE, CC_OPT_OTHER },
  { "detach", 'd', false, BIT(CC_SUB_RUN) | EXEC, CC_OPT_OTHER },

  { "process", 'p', true, EXEC, CC_OPT_PROCESS },
  { "cwd", 0, true, EXEC, CC_OPT_CWD },
  { "env", 'e', true, EXEC, CC_OPT_ENV },
  { "tty", 't', false, EXEC, CC_OPT_TTY },
  { "user", 'u', true, EXEC, CC_OPT_USER },
  { "additional-gids", 'g', true, EXEC, CC_OPT_GIDS },
  { "process-label", 0, true, EXEC, CC_OPT_PROCESS_LABEL },
  { "apparmor", 0, true, EXEC, CC_OPT_APPARMOR },
  { "no-new-privs", 0, false, EXEC, CC_OPT_NNP },
  { "cap", 'c', true, EXEC, CC_OPT_CAP },
  { "cgroup", 0, true, EXEC, CC_OPT_CGROUP },
  { "ignore-paused", 0, false, EXEC, CC_OPT_OTHER },

  { "resources", 'r', true, UPDATE, CC_OPT_RESOURCES },
  { "blkio-weight", 0, true, UPDATE, CC_OPT_LIMIT },
  { "cpu-period", 0, true, UPDATE, CC_OPT_LIMIT },
  { "cpu-quota", 0, true, UPDATE, CC_OPT_LIMIT },
  { "cpu-burst", 0, true, UPDATE, CC_OPT_LIMIT },
  { "cpu-share", 0, true, UPDATE, CC_OPT_LIMIT },
  { "cpu-shares", 0, true, UPDATE, CC_OPT_LIMIT },
  { "cpu-rt-period", 0, true, UPDATE, CC_OPT_LIMIT },
  { "cpu-rt-runtime", 0, true, UPDATE, CC_OPT_LIMIT },
  { "cpu-idle", 0, true, UPDATE, CC_OPT_LIMIT },
  { "cpuset-cpus", 0, true, UPDATE, CC_OPT_LIMIT },
  { "cpuset-mems", 0, true, UPDATE, CC_OPT_LIMIT },
  { "kernel-memory", 0, true, UPDATE, CC_OPT_LIMIT },
  { "kernel-memory-tcp", 0, true, UPDATE, CC_OPT_LIMIT },
  { "memory", 0, true, UPDATE, CC_OPT_LIMIT },
  { "memory-reservation", 0, true, UPDATE, CC_OPT_LIMIT },
  { "memory-swap", 0, true, UPDATE, CC_OPT_LIMIT },
  { "pids-limit", 0, true, UPDATE, CC_OPT_LIMIT },
  { "l3-cache-schema", 0, true, UPDATE, CC_OPT_LIMIT },
  { "mem-bw-schema", 0, true, UPDATE, CC_OPT_LIMIT },

  { "force", 'f', false, BIT(CC_SUB_DELETE), CC_OPT_FORCE },
  { "regex", 'r', false, BIT(CC_SUB_DELETE), CC_OPT_OTHER },
};

static const struct
{
  const char *name;
  enum cc_subcommand sub;
} subcommands[] = {
  { "create", CC_SUB_CREATE },   { "run", CC_SUB_RUN },
  { "start", CC_SUB_START },     { "exec", CC_SUB_EXEC },
  { "update", CC_SUB_UPDATE },   { "delete", CC_SUB_DELETE },
  { "restore", CC_SUB_RESTORE }, { "checkpoint", CC_SUB_CHECKPOINT },
};

static enum cc_subcommand
subcommand_of(const char *name)
{
  for (size_t i = 0; i < sizeof(subcommands) / sizeof(subcommands[0]); i++)
    if (strcmp(subcommands[i].name, name) == 0)
      return subcommands[i].sub;
  return CC_SUB_OTHER;
}

/* The option that the argument ARG (which starts with '-') names by its whole long or short form. */
static const struct option *
find_option(const char *arg, size_t length, unsigned where)
{
  for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++)
    {
      const struct option *o = &options[i];

      if ((o->where & where) == 0)
        continue;
      if (length > 2 && arg[1] == '-' && strlen(o->name) == length - 2 && strncmp(arg + 2, o->name, length - 2) == 0)
        return o;
      if (length == 2 && arg[1] == o->letter)
        return o;
    }
  return NULL;
}

static void
note(struct cc_cmdline *c, const struct option *o, const char *value)
{
  c->value[o->option] = value != NULL ? value : "";
  if ((o->where & GLOBAL) != 0)
    return;
  c->given = cc_xrealloc(c->given, (c->given_count + 1) * sizeof(*c->given));
  c->given[c->given_count++] = (struct cc_given){ o->option, o->name, value };
}

/* Reads one option at argv[*i] and moves *i past it and its value. */
static int
read_option(struct cc_cmdline *c, int *i, unsigned where, struct cc_error *err)
{
  const char *arg = c->argv[*i];
  size_t length = strcspn(arg, "=");
  const struct option *o = find_option(arg, length, where);
  const char *value = NULL;

  if (o == NULL || (length == 2 && arg[length] == '='))
    return cc_error_refuse(err, "argument",
                           "option `%s`: runc and crun do not read it alike; write it as `--name value`", arg);
  if (arg[length] == '=' && !o->takes_value)
    return cc_error_refuse(err, "argument", "option `%s`: takes no value; leave the value out", arg);
  if (arg[length] == '=')
    value = arg + length + 1;
  else if (o->takes_value)
    {
      if (*i + 1 >= c->argc)
        return cc_error_refuse(err, "argument", "option `%s`: its value is missing; add it", arg);
      value = c->argv[++*i];
    }
  ++*i;
  note(c, o, value);
  return 0;
}

/* True when some argument after FROM is the name of a subcommand that policy depends on. */
static bool
names_intercepted(const struct cc_cmdline *c, int from)
{
  for (int i = from; i < c->argc; i++)
    if (subcommand_of(c->argv[i]) != CC_SUB_OTHER)
      return true;
  return false;
}

/* After an option that cannot be read, whatever looks like the engine's log is its log: the refusal has to reach
 * somebody. */
static void
find_log(struct cc_cmdline *c, int from)
{
  for (int i = from; i + 1 < c->argc; i++)
    if (strcmp(c->argv[i], "--log") == 0)
      c->value[CC_OPT_LOG] = c->argv[i + 1];
    else if (strcmp(c->argv[i], "--log-format") == 0)
      c->value[CC_OPT_LOG_FORMAT] = c->argv[i + 1];
}

/* The global options. An unknown one is the low-level runtime's to judge, unless it could hide a subcommand. */
static int
read_globals(struct cc_cmdline *c, struct cc_error *err)
{
  int i = 1;

  while (i < c->argc && c->argv[i][0] == '-' && c->argv[i][1] != '\0')
    {
      struct cc_error why = CC_ERROR_INIT;

      if (read_option(c, &i, GLOBAL, &why) < 0)
        {
          if (!names_intercepted(c, i))
            break;
          find_log(c, i);
          *err = why;
          return CC_FAILED;
        }
    }
  c->sub_index = i < c->argc && c->argv[i][0] != '-' ? i : c->argc;
  return 0;
}

static int
read_arguments(struct cc_cmdline *c, struct cc_error *err)
{
  int i = c->sub_index + 1;
  unsigned where = BIT(c->sub);

  while (i < c->argc && c->argv[i][0] == '-' && c->argv[i][1] != '\0')
    {
      if (strcmp(c->argv[i], "--") == 0)
        {
          i++;
          break;
        }
      if (strcmp(c->argv[i], "--help") == 0 || strcmp(c->argv[i], "-h") == 0)
        {
          c->sub = CC_SUB_OTHER;
          return 0;
        }
      if (read_option(c, &i, where, err) < 0)
        return CC_FAILED;
    }
  if (i < c->argc)
    c->id = c->argv[i++];
  c->rest_index = i;
  if (c->sub != CC_SUB_EXEC && i < c->argc)
    return cc_error_refuse(err, "argument",
                           "argument `%s` after the container id: runc and crun do not read it alike; "
                           "put options before the id",
                           c->argv[i]);
  return 0;
}

int
cc_cmdline_parse(int argc, char **argv, struct cc_cmdline *out, struct cc_error *err)
{
  struct cc_cmdline c = { .argc = argc, .argv = argv, .sub_index = argc, .rest_index = argc };

  if (read_globals(&c, err) < 0)
    {
      *out = c;
      return CC_FAILED;
    }
  if (c.sub_index < argc)
    {
      c.sub_name = argv[c.sub_index];
      c.sub = subcommand_of(c.sub_name);
    }
  /* checkpoint and restore are refused whatever their options are, when the container is ours: the id comes last */
  if (c.sub == CC_SUB_RESTORE || c.sub == CC_SUB_CHECKPOINT)
    c.id = argc > c.sub_index + 1 ? argv[argc - 1] : NULL;
  else if (c.sub != CC_SUB_NONE && c.sub != CC_SUB_OTHER && read_arguments(&c, err) < 0)
    {
      free(c.given);
      c.given = NULL;
      c.given_count = 0;
      *out = c;
      return CC_FAILED;
    }
  *out = c;
  return 0;
}

void
cc_cmdline_clear(struct cc_cmdline *c)
{
  free(c->given);
  memset(c, 0, sizeof(*c));
}

bool
cc_id_is_valid(const char *id)
{
  static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+-.";
  size_t n = strlen(id);

  return n > 0 && n <= 200 && id[0] != '-' && strspn(id, allowed) == n && strcmp(id, ".") != 0 && strcmp(id, "..") != 0;
}
