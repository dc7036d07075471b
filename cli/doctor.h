/* `closedclaw doctor` and `closedclaw security audit`: the findings of policy/findings.h, those of the host, and how
 * they are shown. */
#ifndef CC_CLI_DOCTOR_H
#define CC_CLI_DOCTOR_H

#include "cli/command.h"
#include "policy/findings.h"

#include <stdbool.h>

extern const struct cli_command cli_command_doctor, cli_command_security_audit;

/* Shows LIST, which is sorted: by severity, then one block for each kind with its places. With ALL also those that are
 * suppressed, and every place. */
void cli_print_findings(const struct cli_terminal *t, const struct cc_reading *reading, const struct cc_findings *list,
                        bool all);

/* The same as JSON: docs/findings.md, "As JSON". */
int cli_print_findings_json(const struct cli_terminal *t, const struct cc_findings *list, struct cc_error *err);

#endif
