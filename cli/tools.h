/* The commands that answer for the tool policy: closedclaw tools …, closedclaw elevated … */
#ifndef CC_CLI_TOOLS_H
#define CC_CLI_TOOLS_H

#include "cli/command.h"

extern const struct cli_command cli_command_tools_check, cli_command_tools_list, cli_command_elevated_check;

#endif
