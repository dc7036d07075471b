/* The commands `closedclaw config …`, one in each file cli/config_*.c. */
#ifndef CC_CLI_CONFIG_H
#define CC_CLI_CONFIG_H

#include "cli/command.h"

extern const struct cli_command cli_command_config_check, cli_command_config_show, cli_command_config_json,
    cli_command_config_import, cli_command_config_schema;

#endif
