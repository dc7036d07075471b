/* How a failure reaches the caller: one line, once. */
#ifndef CC_SHIM_SAY_H
#define CC_SHIM_SAY_H

#include "common/error.h"
#include "shim/cmdline.h"

#define CC_EXIT_FAILURE 1   /* an ordinary failure, as runc's */
#define CC_EXIT_REFUSED 126 /* a rule refused: "cannot be executed" */

/* Says ERR: "closedclaw: refused [rule] message" or "closedclaw: message". With --log the line goes there, as exactly
 * one JSON object
 * (`--log-format json`) or one logfmt line, since containerd takes the last and Podman the only one; stderr gets it too
 * unless it is the container's own (create and exec with a fresh log: the engine prints the log's line). A log that
 * cannot be written is no further error. Returns the exit code of the program. */
int cc_say_failure(const struct cc_cmdline *cmdline, const struct cc_error *err);

/* The line itself, without a newline, into OUT. */
void cc_say_line(const struct cc_error *err, char *out, size_t size);

#endif
