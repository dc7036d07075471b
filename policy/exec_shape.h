/* What an exec is, by the shape of its arguments. Gateways call a container's programs in a few forms only: the agent's
 * own commands by a login shell, files by one script with fixed arguments (openclaw-contract of the gateways, read from
 * OpenClaw 2026.9.6 and Clawdbot 2026.1.24).
 *
 * The shape is what the caller of the engine chose. It tells the gateway's tools apart, and an agent does not choose
 * it; it does not bind somebody who may call the engine himself: the script of a file tool is not judged. */
#ifndef CC_POLICY_EXEC_SHAPE_H
#define CC_POLICY_EXEC_SHAPE_H

#include <stddef.h>

enum cc_exec_kind
{
  CC_EXEC_OTHER,        /* any other program */
  CC_EXEC_SHELL,        /* [/bin/]sh -lc COMMAND: the agent's command, or the set-up */
  CC_EXEC_READ,         /* a file tool that only looks: read, readdir, stat, the canonical path */
  CC_EXEC_CHANGE,       /* a file tool that writes: write, create, mkdirp, remove, rename, copy */
  CC_EXEC_UNKNOWN_FILE, /* in a file tool's form, with an operation or arguments that no gateway uses */
  CC_EXEC_CLEANUP,      /* ends what an agent's command left */
  CC_EXEC_MOUNTS,       /* cat /proc/self/mountinfo */
};

struct cc_exec_shape
{
  enum cc_exec_kind kind;
  const char *what; /* "write", "the agent's shell" …; static, or an argument */
};

/* How many arguments of a command are looked at; COUNT below may be more. */
#define CC_EXEC_SHAPE_MAX 16

/* Names the shape of ARGV, of which the first CC_EXEC_SHAPE_MAX (or COUNT, when that is less) must be there. */
struct cc_exec_shape cc_exec_shape(const char *const *argv, size_t count);

#endif
