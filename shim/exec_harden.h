/* The process of an exec, held to what its container was created with. */
#ifndef CC_SHIM_EXEC_HARDEN_H
#define CC_SHIM_EXEC_HARDEN_H

#include "common/error.h"
#include "common/json.h"
#include "shim/report.h"
#include "shim/state.h"

/* Rewrites DOC, whose root is a process that cc_shape_process() took (runtime-spec config.md, "Process"), so that it
 * has no more than the container of STATE: user, capabilities, no_new_privs, environment, labels, limits. Notes every
 * change in REPORT. Fails with its first refusal; touches nothing but DOC and REPORT. */
int cc_exec_harden(struct cc_json *doc, const struct cc_state *state, struct cc_report *report, struct cc_error *err);

#endif
