/* The command line, read along a command's table of options. */
#ifndef CC_CLI_ARGUMENTS_H
#define CC_CLI_ARGUMENTS_H

#include "cli/command.h"

/* Finds the command in ARGV and reads the rest along its options: `--name VALUE`, `--name=VALUE`, `-n VALUE`,
 * `-nVALUE`, switches joined as `-qv`, `--` before what is not ours. Options and arguments may be mixed, but for
 * commands that take
 * `--`: what follows the first argument is left alone there only after `--`. Fills CLI, which points into ARGV. An
 * error is what the caller has typed wrong, with the nearest word that would be right. Without a command, or with
 * --help, CLI->command may be NULL or a command whose arguments are not checked: look at cli_has(cli, "help") first. */
int cli_read_arguments(int argc, char **argv, struct cli *cli, struct cc_error *err);

void cli_arguments_clear(struct cli *cli);

#endif
