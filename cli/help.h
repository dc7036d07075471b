/* What `--help` and `closedclaw help` say. */
#ifndef CC_CLI_HELP_H
#define CC_CLI_HELP_H

#include "cli/command.h"

/* The list of commands; with GROUP not NULL only those whose name begins with that word. */
void cli_help_all(const struct cli_terminal *t, const char *group);
void cli_help_command(const struct cli_terminal *t, const struct cli_command *command);
/* "  --agent ID" as help shows an option: malloc'd. */
char *cli_option_text(const struct cli_option *option);

extern const struct cli_command cli_command_help, cli_command_version, cli_command_manual;

#endif
