/* closedclaw sandbox list: the managed containers of all engines. */
#ifndef CC_CLI_LIST_H
#define CC_CLI_LIST_H

#include "cli/command.h"
#include "shim/drift.h"
#include "shim/inventory.h"

extern const struct cli_command cli_command_list;

/* What a container is called on a screen: its name, or where that is long the first 12 characters
 * of its id. Malloc'd. */
char *cli_container_name(const struct cc_container *c);

/* Its state in a word or two: "running", "running, not sandboxed", "stopped, report only". Malloc'd. */
char *cli_container_state(const struct cc_container *c);

/* Whether a container still is what was decided at its create. */
struct cli_drift
{
  enum
  {
    CLI_DRIFT_NOTHING, /* there is nothing to compare: it does not run, or nothing was decided */
    CLI_DRIFT_LOOKED,
    CLI_DRIFT_UNKNOWN, /* `why` */
  } answer;
  struct cc_drift drift;
  struct cc_error why;
};

/* Looks. PROCESSES may be NULL. OUT is the caller's (cc_drift_clear its `drift`). */
void cli_container_drift(const struct cc_container *c, const struct cc_processes *processes, struct cli_drift *out);

/* What is known of it, as JSON; DRIFT is NULL when nobody looked. */
struct cc_jval *cli_container_json(struct cc_json *doc, const struct cc_container *c, const struct cli_drift *drift);

#endif
