/* Completion of shells, made from the tables of the commands. */
#ifndef CC_CLI_COMPLETION_H
#define CC_CLI_COMPLETION_H

#include "cli/command.h"

extern const struct cli_command cli_command_completion, cli_command_complete;

#endif
