/* What of the tool policy a runtime can hold a container's execs to: a file written at create, and asked at each exec.
 * The name of a tool never reaches a runtime; what does is the shape of its exec (policy/exec_shape.h). */
#ifndef CC_POLICY_TOOL_GUARD_H
#define CC_POLICY_TOOL_GUARD_H

#include "policy/config.h"
#include "policy/exec_shape.h"
#include "policy/identity.h"

#include <stdbool.h>

/* What an exec needs. */
enum cc_tool_need
{
  CC_TOOL_NEED_EXEC,   /* programs of any kind */
  CC_TOOL_NEED_CHANGE, /* the file tools that write */
  CC_TOOL_NEED_READ,   /* those that look */
  CC_TOOL_NEEDS
};

struct cc_tool_guard
{
  char *denied[CC_TOOL_NEEDS]; /* why: "tool `exec` is denied to agent `a` (…)"; NULL: allowed */
  char *setup;                 /* the text of setupCommand, which may run all the same; NULL for none */
};

/* Fills OUT, the caller's (cc_tool_guard_clear), for a container of IDENTITY with POLICY. Nothing is denied in a
 * container that is no agent's, or is not sandboxed. Providers and senders are not known to a runtime: what is denied
 * to some of them only is not denied here. */
void cc_tool_guard_make(const struct cc_config *config, const struct cc_identity *identity,
                        const struct cc_policy *policy, struct cc_tool_guard *out);

/* Why the exec of ARGV (as in cc_exec_shape) may not be, or NULL when it may. *SHAPE is set when something is denied at
 * all. */
const char *cc_tool_guard_judge(const struct cc_tool_guard *guard, const char *const *argv, size_t count,
                                struct cc_exec_shape *shape);

/* True when GUARD denies anything. */
bool cc_tool_guard_denies(const struct cc_tool_guard *guard);

void cc_tool_guard_clear(struct cc_tool_guard *guard);

#endif
