/* The state of the container that a call is about, and whether it is that container's. */
#ifndef CC_SHIM_CALL_STATE_H
#define CC_SHIM_CALL_STATE_H

#include "shim/call.h"
#include "shim/state.h"

/* Reads the state that CALL's container is held to; *OUT is the caller's to clear. 0, or 1 when there is none and that
 * is fine: to closedclaw-runtime-auto such a container is nobody's. Otherwise that is a refusal (rule "state"), as is
 * an id that is none ("argument"). A state counts as none when it is of an earlier boot, or when the low-level runtime
 * has made another container of that id since. A state that nobody has bound yet is bound by this to the container that
 * is there, but for `start`, which looks at it first. CALL's audit file is set. */
int cc_call_state(struct cc_call *call, struct cc_state *out, struct cc_error *err);

/* The same for calls that also clean up: nothing is refused, bound or recorded. 0 and *OUT, 1 when there is none, or
 * the id is none; negative when a state cannot be believed. */
int cc_call_find_state(const struct cc_cmdline *cmdline, struct cc_state *out);

#endif
