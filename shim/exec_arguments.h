/* exec without a process file: `exec [options] ID CMD ARG…`, as conmon-rs and people call it. */
#ifndef CC_SHIM_EXEC_ARGUMENTS_H
#define CC_SHIM_EXEC_ARGUMENTS_H

#include "common/error.h"
#include "common/json.h"
#include "shim/cmdline.h"
#include "shim/state.h"

/* The process that the arguments ask for: the container's own (from its bundle) with the command, --cwd, --env, --tty,
 * --user UID[:GID] and
 * --additional-gids over it. --user by name is refused: CVE-2026-30892. *OUT is the caller's. */
int cc_exec_process_from_arguments(const struct cc_cmdline *cmdline, const struct cc_state *state, struct cc_json **out,
                                   struct cc_error *err);

#endif
