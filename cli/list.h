/* closedclaw sandbox list: the managed containers of all engines. */
#ifndef CC_CLI_LIST_H
#define CC_CLI_LIST_H

#include "cli/command.h"
#include "shim/inventory.h"

extern const struct cli_command cli_command_list;

/* What a container is called on a screen: its name, or the first 12 characters of its id. Malloc'd. */
char *cli_container_name(const struct cc_container *c);

/* Its state in a word or two: "running", "running, not sandboxed", "stopped, report only". Malloc'd. */
char *cli_container_state(const struct cc_container *c);

/* What is known of it, as JSON. */
struct cc_jval *cli_container_json(struct cc_json *doc, const struct cc_container *c);

#endif
