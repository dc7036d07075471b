/* One call of the runtime by an engine, and what each subcommand does with it. Each function returns only on
 * failure: on success the low-level runtime has taken over. */
#ifndef CC_SHIM_CALL_H
#define CC_SHIM_CALL_H

#include "common/error.h"
#include "shim/cmdline.h"

#include <stdbool.h>

struct cc_call
{
  struct cc_cmdline cmdline;
  bool automatic;   /* closedclaw-runtime-auto: only containers that show themselves as an agent's are ours */
  char *audit_file; /* where a refusal is recorded, once the policy is known; NULL before. Owned */
};

int cc_call_create(struct cc_call *call, struct cc_error *err); /* create and run */
int cc_call_start(struct cc_call *call, struct cc_error *err);
int cc_call_exec(struct cc_call *call, struct cc_error *err);
int cc_call_update(struct cc_call *call, struct cc_error *err);
int cc_call_delete(struct cc_call *call, struct cc_error *err);
int cc_call_restore(struct cc_call *call, struct cc_error *err); /* and checkpoint */
int cc_call_pass_on(struct cc_call *call, struct cc_error *err); /* everything else */

/* -- shared by them -- */

/* The arguments for the low-level runtime: globals and subcommand as they were, the options in canonical form without
 * those that DROP (may be NULL) names, then EXTRA (may be NULL; `--name value` pairs, NULL-terminated), then the id.
 * The caller frees the list only. */
char **cc_call_arguments(const struct cc_cmdline *cmdline, bool (*drop)(enum cc_option option),
                         const char *const *extra);

/* The low-level runtime of a call that has no state: the configuration's, or, when that cannot be read, the default's,
 * so that an engine can always ask and clean up. *OUT is the caller's. */
int cc_call_low_level(char **out, struct cc_error *err);

/* Hands the call on as it came. */
int cc_call_untouched(const struct cc_call *call, const char *low_level, struct cc_error *err);

#endif
