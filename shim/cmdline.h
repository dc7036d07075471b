/* The command line: one table of runc's and crun's options, so that every form is read as both of them read it.
 *
 * A form that they read differently (`-bX`, `-b=X`, `-bundle X`, an abbreviated `--bund`; measured in
 * tests/unit/test_cmdline.c) is refused where a policy depends on it; what is not ours passes through. */
#ifndef CC_SHIM_CMDLINE_H
#define CC_SHIM_CMDLINE_H

#include "common/error.h"

#include <stdbool.h>
#include <stddef.h>

enum cc_subcommand
{
  CC_SUB_NONE,  /* no subcommand: --version, --help, nothing */
  CC_SUB_OTHER, /* one that the low-level runtime answers alone: state, kill, ps, features, … */
  CC_SUB_CREATE,
  CC_SUB_RUN,
  CC_SUB_START,
  CC_SUB_EXEC,
  CC_SUB_UPDATE,
  CC_SUB_DELETE,
  CC_SUB_RESTORE,
  CC_SUB_CHECKPOINT,
};

/* The options whose values somebody here needs; all others are kept as text. */
enum cc_option
{
  CC_OPT_OTHER,
  CC_OPT_ROOT,
  CC_OPT_LOG,
  CC_OPT_LOG_FORMAT,
  CC_OPT_VERSION,
  CC_OPT_CGROUP_MANAGER,
  CC_OPT_SYSTEMD_CGROUP,
  CC_OPT_ROOTLESS,
  CC_OPT_BUNDLE,
  CC_OPT_PROCESS,
  CC_OPT_PRESERVE_FDS,
  CC_OPT_CONFIG,
  CC_OPT_NO_PIVOT,
  CC_OPT_NO_KEYRING,
  CC_OPT_RESOURCES,
  CC_OPT_FORCE,
  CC_OPT_CWD,
  CC_OPT_ENV,
  CC_OPT_TTY,
  CC_OPT_USER,
  CC_OPT_GIDS,
  CC_OPT_PROCESS_LABEL,
  CC_OPT_APPARMOR,
  CC_OPT_CAP,
  CC_OPT_NNP,
  CC_OPT_CGROUP,
  CC_OPT_LIMIT, /* any limit given as an option of update */
  CC_OPT_COUNT,
};

struct cc_given
{
  enum cc_option option;
  const char *name;  /* the long name, "pid-file" */
  const char *value; /* NULL for a switch */
};

/* Borrows argv throughout. */
struct cc_cmdline
{
  int argc;
  char **argv;
  enum cc_subcommand sub;
  const char *sub_name;   /* NULL when there is none */
  int sub_index;          /* its place in argv; argc when there is none */
  struct cc_given *given; /* the options after an intercepted subcommand, in order */
  size_t given_count;
  const char *value[CC_OPT_COUNT]; /* the last value of each; "" for a switch that was given, NULL when not given */
  const char *id;                  /* the container's id; NULL when there is none */
  int rest_index;                  /* exec: place of the command after the id; argc when there is none */
};

/* Reads argv. The subcommand is the first argument that is no global option: an id, a path or a command named "create"
 * is not one. Refusals carry the rule "argument"; after the global options were read, OUT holds those even then, so
 * that the refusal reaches the engine's log. OUT must be cleared by the caller. */
int cc_cmdline_parse(int argc, char **argv, struct cc_cmdline *out, struct cc_error *err);
void cc_cmdline_clear(struct cc_cmdline *cmdline);

/* True for a name that runc and crun take as a container's id and that is safe as a file name. */
bool cc_id_is_valid(const char *id);

#endif
