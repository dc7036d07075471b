/* `--fix`: the findings that one value, or a file's mode, mends. */
#ifndef CC_CLI_DOCTOR_FIX_H
#define CC_CLI_DOCTOR_FIX_H

#include "cli/command.h"
#include "policy/findings.h"

/* Shows for each file of READING what would mend findings of LIST, asks (or not, with --yes), and writes. Without a
 * terminal and without --yes it only shows. Returns how many files were written; negative when one could not be. */
int cli_fix(const struct cli *cli, const struct cc_reading *reading, const struct cc_findings *list,
            struct cc_error *err);

#endif
