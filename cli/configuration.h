/* The configuration that a command speaks of, and how its errors are shown. */
#ifndef CC_CLI_CONFIGURATION_H
#define CC_CLI_CONFIGURATION_H

#include "cli/command.h"
#include "policy/reading.h"

/* The option of every command that reads a configuration. */
#define CLI_CONFIG_OPTION                                                                                              \
  {                                                                                                                    \
    "config", .value = "FILE", .help = "read this file alone, whoever owns it, instead of the host's",                 \
              .complete = CLI_COMPLETE_FILE                                                                            \
  }

/* Reads --config FILE ("-" is the standard input), or else what the runtime reads: CLOSEDCLAW_CONFIG or the standard
 * path, with conf.d. READING (empty before) has every error and the texts, *OUT (the caller's) what could be
 * understood. Fails when nothing can be read. */
int cli_config_read(const struct cli *cli, struct cc_reading *reading, struct cc_config **out, struct cc_error *err);

/* The path that is read without --config, for messages: "/etc/closedclaw/closedclaw.json5". */
const char *cli_config_path(void);

/* Shows each problem: file:line:column, what is wrong, the line itself with the place marked. In the order of the
 * files, then of their lines. */
void cli_print_problems(const struct cli_terminal *t, const struct cc_reading *reading);

/* For a command that cannot answer when the configuration is wrong: shows the problems and returns true when there are
 * any. */
bool cli_refuse_problems(const struct cli *cli, const struct cc_reading *reading);

/* The same for a command with --json, whose answer is then {problems}. 1 when there were problems, 0 when none,
 * CC_FAILED. */
int cli_answer_problems(const struct cli *cli, const struct cc_reading *reading, struct cc_error *err);

/* For a command whose standard output is a file's content: shows the problems on the standard error. */
void cli_complain_problems(const struct cli *cli, const struct cc_reading *reading);

/* Shows line LINE of FILE with the word at COLUMN marked, indented by INDENT; nothing when the line is not known. */
void cli_print_source(const struct cli_terminal *t, const struct cc_reading *reading, const char *file, uint32_t line,
                      uint32_t column, int indent);

/* Line LINE of SOURCE as it may be shown: without the values of secrets. malloc'd; NULL when there is no such line. */
char *cli_source_line(const struct cc_source *source, uint32_t line);

/* The problems as a JSON array of {rule, file, line, column, message} in DOC. */
struct cc_jval *cli_problems_json(struct cc_json *doc, const struct cc_reading *reading);

/* "agent, closedclaw.json5:12:9", "global, …", "default": where ORIGIN is, malloc'd. */
char *cli_origin_text(const struct cc_config *config, const struct cc_origin *origin);

#endif
